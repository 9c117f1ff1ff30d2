import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';
import type { Egress } from '../../core/ports/egress.ts';
import type { Floor } from '../../core/ports/floor.ts';
import { floorOn } from './floor-on.ts';
import { prepareBedrock } from './ground.ts';
import type { FloorOptions, Ground } from './ground.ts';
import { jobUser, sandboxConfines } from './sandbox-confines.ts';
import { findWall, forwarderProgram } from './walls/index.ts';

export interface SandboxFloorOptions extends FloorOptions {
  readonly egress: Egress;
}

/**
 * The floor with walls: every command sees its workspace and the system's programs, its own processes and no network;
 * its one way out is a socket that the factory answers. Tier T2, proved by canaries before the first workspace opens.
 * Throws `no-sandbox` where no wall holds, with what was tried and what to do about it: never a weaker floor instead.
 *
 * @example
 * const floor = sandboxFloor({ root: '/home/ada/.jidoka/work', egress, clock, env: process.env, log: console.error });
 * const { tier } = await floor.probe(); // 'T2'
 */
export function sandboxFloor(options: SandboxFloorOptions): Floor {
  return floorOn('sandbox', options.root, () => sandboxGround(options));
}

async function sandboxGround(options: SandboxFloorOptions): Promise<Ground> {
  const bedrock = await prepareBedrock(options);
  const { root, env, egress, log } = options;
  const { path, account } = bedrock;
  const user = jobUser({ job: root });
  const { wall, tried, mend } = await findWall({ path, probeFolder: root, user, tools: account.tools });
  if (wall === null) throw noSandbox(tried, mend);
  const forwarder = join(root, 'forwarder.cjs');
  await writeFile(forwarder, forwarderProgram());
  await chmod(forwarder, 0o644);
  return {
    ...bedrock,
    confines: sandboxConfines({
      wall,
      egress,
      env,
      path,
      forwarder,
      refused: ({ name }, { request, why }) => log(`${name} was refused ${request}: ${why}`),
    }),
    proof: { kind: 'sandbox', tier: 'T2', user: user === null ? account.name : 'a user of its own for each job', caveats: [] },
  };
}

function noSandbox(tried: readonly { readonly kind: string; readonly why: string }[], mend: string): JidokaError {
  const why = tried.map((one) => `${one.kind}: ${one.why}`).join('; ');
  return new JidokaError('no-sandbox', `This machine cannot confine commands, so nothing was started (${why}).`, { mend });
}
