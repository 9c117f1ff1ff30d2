import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';
import { onceUnlessFailed } from '../../core/base/once-unless-failed.ts';
import type { Tier } from '../../core/ports/floor.ts';
import type { Egress } from '../../core/ports/egress.ts';
import { findLimiter } from './limits/index.ts';
import { findLayers } from './layers/overlay.ts';
import { floorOn } from './floor-on.ts';
import type { LocalFloor } from './floor-on.ts';
import { prepareBedrock } from './ground.ts';
import type { FloorOptions, Ground } from './ground.ts';
import { jobUser, sandboxConfines } from './sandbox-confines.ts';
import { findWall, forwarderProgram, keyringFilter, type FoundWall } from './walls/index.ts';

export interface SandboxFloorOptions extends FloorOptions {
  readonly egress: Egress;
  /** The least tier that will do; default T2. */
  readonly least?: Tier;
  /** Absolute folders of this host whose programs commands may read and run, at these very paths; one that is missing is passed over. */
  readonly programs?: readonly string[];
}

/**
 * The floor with walls: every command sees its workspace and the system's programs, its own processes and no network;
 * its one way out is a socket that the factory answers. Its tier, T2 unless less was asked for, is proved by canaries before the first workspace opens.
 * Throws `no-sandbox` where no wall holds, with what was tried and what to do about it: never a weaker floor instead.
 *
 * @example
 * const floor = sandboxFloor({ root: '/home/ada/.jidoka/work', egress, clock, env: process.env, log: console.error });
 * const { tier } = await floor.probe(); // 'T2'
 */
export function sandboxFloor(options: SandboxFloorOptions): LocalFloor {
  return floorOn('sandbox', options.root, () => sandboxGround(options));
}

async function sandboxGround(options: SandboxFloorOptions): Promise<Ground> {
  const bedrock = await prepareBedrock(options);
  const { root, env, egress, log } = options;
  const { path, account } = bedrock;
  const user = jobUser({ job: root });
  const filter = await writeFilter(root);
  const found = await findWall({
    path,
    probeFolder: root,
    user,
    tools: account.tools,
    env,
    filter,
    settings: join(root, '.settings'),
    least: options.least ?? 'T2',
  });
  const { wall, claims } = found;
  if (wall === null) throw noSandbox(found);
  const forwarder = join(root, 'forwarder.cjs');
  await writeFile(forwarder, forwarderProgram());
  await chmod(forwarder, 0o644);
  return {
    ...bedrock,
    layers: onceUnlessFailed(() => findLayers({ root, path: `${path}:/usr/sbin:/usr/bin:/sbin:/bin`, userOf: jobUser })),
    limiter: onceUnlessFailed(() => findLimiter({ root, user, path, userPerJob: user !== null })),
    confines: sandboxConfines({
      wall,
      leavesNothing: claims.some(({ claim, state }) => claim === 'proc.kill.complete' && state === 'proved'),
      egress,
      env,
      path,
      forwarder,
      programs: options.programs ?? [],
      refused: ({ name }, { request, why }) => log(`${name} was refused ${request}: ${why}`),
    }),
    proof: {
      kind: 'sandbox',
      tier: found.tier,
      user: user === null ? account.name : 'a user of its own for each job',
      wall: found.builder,
      claims,
      caveats: found.caveats,
    },
  };
}

/** Writes the filter of keyrings where jobs may read it; null on a machine whose calls are not known. */
async function writeFilter(root: string): Promise<string | null> {
  const filter = keyringFilter();
  if (filter === null) return null;
  const file = join(root, 'keyring.bpf');
  await writeFile(`${file}.${process.pid}`, filter);
  await chmod(`${file}.${process.pid}`, 0o644);
  await rename(`${file}.${process.pid}`, file);
  return file;
}

function noSandbox({ tried, mend }: FoundWall): JidokaError {
  const why = tried.map((one) => `${one.kind}: ${one.why}`).join('; ');
  return new JidokaError('no-sandbox', `This machine cannot confine commands, so nothing was started (${why}).`, { mend });
}
