import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hostConfines } from './confines.ts';
import { copies } from './layers/copy.ts';
import { floorOn } from './floor-on.ts';
import type { LocalFloor } from './floor-on.ts';
import { prepareBedrock } from './ground.ts';
import type { FloorOptions, Ground } from './ground.ts';
import { handOutNpmSettings, handOutTrust } from './hand-out.ts';

/**
 * The floor without walls: commands run on this host, in folders and process trees of their own. Tier T0.
 * Run by root, commands are run as nobody where nobody can use node and npm.
 *
 * @example
 * const floor = hostFloor({ root: '/home/ada/.jidoka/work', clock, env: process.env, log: console.error });
 * const workspace = await floor.open('deps-ms/baseline');
 */
export function hostFloor(options: FloorOptions): LocalFloor {
  return floorOn('host', options.root, () => hostGround(options));
}

async function hostGround(options: FloorOptions): Promise<Ground> {
  const bedrock = await prepareBedrock(options);
  const { account, path } = bedrock;
  const { root, env } = options;
  const npmCache = join(root, '.npm-cache');
  await mkdir(npmCache, { recursive: true });
  if (account.user !== null) await chown(npmCache, account.user.uid, account.user.gid);
  const npmSettings = await handOutNpmSettings(root, env, account);
  const trust = await handOutTrust(root, env, account);
  const caveats = ['no isolation from the host: commands can reach its files and its network', ...account.caveats];
  return {
    ...bedrock,
    confines: hostConfines({ account, env, shared: { path, npmCache, npmSettings, ceiling: root, trust } }),
    layers: async () => copies(account.tools, ''),
    limiter: async () => null,
    proof: { kind: 'host', tier: 'T0', user: account.name, wall: 'none', claims: [], caveats },
  };
}
