import { chmod, chown, mkdir } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../core/ports/clock.ts';
import type { FloorProbe } from '../../core/ports/floor.ts';
import { findAccount } from './account.ts';
import type { Account } from './account.ts';
import { commandPath } from './command-path.ts';
import type { HostEnvironment, Places } from './environment.ts';
import { handOutNpmSettings, handOutTrust } from './hand-out.ts';
import { thisOwner } from './owner.ts';
import type { Owner } from './owner.ts';
import { locksOf } from './places.ts';
import type { SeeProcesses } from './spawn/processes.ts';
import { processViewer } from './spawn/see-processes.ts';

export interface HostFloorOptions {
  /** Folder for all workspaces; see `floorRoot`. Made where it is missing. */
  readonly root: string;
  readonly clock: Clock;
  /** Environment of the factory's own process: PATH, npm settings, proxies and certificates are read from it. */
  readonly env: HostEnvironment;
  /** Told of what went wrong where nobody waits for it. */
  readonly log: (message: string) => void;
  /** Output that a started command may write to disk before it is ended, in bytes. Default 256 MiB. */
  readonly mostOutputBytes?: number;
}

/** What is found out once, when the floor is first used. */
export interface Ground {
  readonly options: HostFloorOptions;
  readonly account: Account;
  readonly owner: Owner;
  readonly see: SeeProcesses;
  readonly shared: Omit<Places, 'home' | 'tmp'>;
}

/** Makes the folders of the floor and finds out as whom and with what commands run. */
export async function prepareGround(options: HostFloorOptions): Promise<Ground> {
  const root = options.root;
  await mkdir(locksOf(root), { recursive: true });
  // Passable for the user of commands, but not readable.
  if (process.getuid?.() === 0) await chmod(root, 0o711);
  const path = commandPath(options.env['PATH'], process.execPath);
  const account = await findAccount(root, path);
  const npmCache = join(root, '.npm-cache');
  await mkdir(npmCache, { recursive: true });
  if (account.user !== null) await chown(npmCache, account.user.uid, account.user.gid);
  const npmSettings = await handOutNpmSettings(root, options.env, account);
  const trust = await handOutTrust(root, options.env, account);
  const shared = { path, npmCache, npmSettings, ceiling: root, trust };
  return { options, account, owner: await thisOwner(), see: processViewer(account), shared };
}

/** What a reader of the evidence is told of the floor. */
export function describeGround({ account }: Ground): FloorProbe {
  return {
    kind: 'host',
    tier: 'T0',
    host: hostname(),
    platform: `${process.platform} ${release()} ${process.arch}`,
    user: account.name,
    node: account.node,
    npm: account.npm,
    caveats: ['no isolation from the host: commands can reach its files and its network', ...account.caveats],
  };
}
