import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Egress, EgressRoute } from '../../core/ports/egress.ts';
import { hostConfines } from './confines.ts';
import { copies } from './layers/copy.ts';
import { floorOn } from './floor-on.ts';
import type { LocalFloor } from './floor-on.ts';
import { prepareBedrock } from './ground.ts';
import type { FloorOptions, Ground } from './ground.ts';
import { routesOf } from './gates.ts';
import { openPorts, type OpenPortsOptions } from './open-port/open-ports.ts';
import { handOutNpmSettings, handOutTrust } from './hand-out.ts';

export interface HostFloorOptions extends FloorOptions {
  /** What the factory answers commands of the network `gateway`; without it they have no more than the host's network. */
  readonly egress?: Egress;
  /** What of it they may reach; all that this network has where nothing is said. */
  readonly routes?: readonly EgressRoute[];
}

/**
 * The floor without walls: commands run on this host, in folders and process trees of their own. Tier T0.
 * Run by root, commands are run as nobody where nobody can use node and npm.
 *
 * @example
 * const floor = hostFloor({ root: '/home/ada/.jidoka/work', egress, clock, env: process.env, log: console.error });
 * const workspace = await floor.open('deps-ms/baseline');
 */
export function hostFloor(options: HostFloorOptions): LocalFloor {
  return floorOn('host', options.root, () => hostGround(options));
}

async function hostGround(options: HostFloorOptions): Promise<Ground> {
  const bedrock = await prepareBedrock(options);
  const { account, path } = bedrock;
  const { root, env, egress, routes = routesOf.gateway, log } = options;
  const npmCache = join(root, '.npm-cache');
  await mkdir(npmCache, { recursive: true });
  if (account.user !== null) await chown(npmCache, account.user.uid, account.user.gid);
  const npmSettings = await handOutNpmSettings(root, env, account);
  const trust = await handOutTrust(root, env, account);
  const caveats = ['no isolation from the host: commands can reach its files and its network', ...account.caveats];
  const refused: OpenPortsOptions['refused'] = ({ name }, { request, why }) => log(`${name} was refused ${request}: ${why}`);
  const ports = egress === undefined ? null : openPorts({ egress, routes, refused });
  return {
    ...bedrock,
    confines: hostConfines({ account, env, ports, shared: { path, npmCache, npmSettings, ceiling: root, trust } }),
    layers: async () => copies(account.tools, ''),
    limiter: async () => null,
    proof: { kind: 'host', tier: 'T0', user: account.name, wall: 'none', claims: [], caveats },
  };
}
