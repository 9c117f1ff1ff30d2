import type { Floor } from '../../core/ports/floor.ts';
import { workspaceFault } from './fault.ts';
import { describeGround, prepareGround } from './ground.ts';
import type { Ground, HostFloorOptions } from './ground.ts';
import { adoptWorkspace, leftWorkspaces, openWorkspace, reapWorkspaces } from './lives.ts';

/**
 * The floor without walls: commands run on this host, in folders and process trees of their own. Tier T0.
 * Run by root, commands are run as nobody where nobody can use node and npm.
 *
 * @example
 * const floor = hostFloor({ root: '/home/ada/.jidoka/work', clock, env: process.env, log: console.error });
 * const workspace = await floor.open('deps-ms/baseline');
 */
export function hostFloor(options: HostFloorOptions): Floor {
  let once: Promise<Ground> | null = null;
  const ground = (): Promise<Ground> => {
    once ??= prepareGround(options).catch((error: unknown) => {
      once = null;
      throw workspaceFault(error, `preparing the floor ${options.root}`);
    });
    return once;
  };
  return {
    kind: 'host',
    probe: async () => describeGround(await ground()),
    open: async (name) => openWorkspace(await ground(), name),
    adopt: async (name) => adoptWorkspace(await ground(), name),
    left: async () => leftWorkspaces(await ground()),
    reap: async () => reapWorkspaces(await ground()),
  };
}
