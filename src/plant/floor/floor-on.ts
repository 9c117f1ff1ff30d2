import type { Floor } from '../../core/ports/floor.ts';
import { workspaceFault } from './fault.ts';
import { describeGround } from './ground.ts';
import type { Ground } from './ground.ts';
import { adoptWorkspace, leftWorkspaces, openWorkspace, reapWorkspaces } from './lives.ts';

/** A floor of this host on a ground that is made when it is first needed, and anew where that failed. */
export function floorOn(kind: string, root: string, prepare: () => Promise<Ground>): Floor {
  let once: Promise<Ground> | null = null;
  const ground = (): Promise<Ground> => {
    once ??= prepare().catch((error: unknown) => {
      once = null;
      throw workspaceFault(error, `preparing the floor ${root}`);
    });
    return once;
  };
  return {
    kind,
    probe: async () => describeGround(await ground()),
    open: async (name) => openWorkspace(await ground(), name),
    adopt: async (name) => adoptWorkspace(await ground(), name),
    left: async () => leftWorkspaces(await ground()),
    reap: async () => reapWorkspaces(await ground()),
  };
}
