import { chmod, mkdir } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import type { Clock } from '../../core/ports/clock.ts';
import type { FloorProbe } from '../../core/ports/floor.ts';
import { findAccount } from './account.ts';
import type { Account } from './account.ts';
import { commandPath } from './command-path.ts';
import type { Confines } from './confines.ts';
import type { HostEnvironment } from './environment.ts';
import { thisOwner } from './owner.ts';
import type { Owner } from './owner.ts';
import { locksOf } from './places.ts';
import type { SeeProcesses } from './spawn/processes.ts';
import { processViewer } from './spawn/see-processes.ts';

export interface FloorOptions {
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
  readonly options: FloorOptions;
  readonly account: Account;
  readonly owner: Owner;
  readonly see: SeeProcesses;
  /** PATH of commands. */
  readonly path: string;
  readonly confines: Confines;
  /** What the floor is, for the evidence. */
  readonly proof: FloorProof;
}

/** What one kind of floor says of itself. */
export type FloorProof = Pick<FloorProbe, 'kind' | 'tier' | 'user' | 'caveats'>;

/** What every floor on this host rests on; how it keeps commands apart comes on top. */
export type Bedrock = Omit<Ground, 'confines' | 'proof'>;

/** Makes the folders of the floor and finds out with what commands run. */
export async function prepareBedrock(options: FloorOptions): Promise<Bedrock> {
  const root = options.root;
  await mkdir(locksOf(root), { recursive: true });
  // Passable for the user of commands, but not readable.
  if (process.getuid?.() === 0) await chmod(root, 0o711);
  const path = commandPath(options.env['PATH'], process.execPath);
  const account = await findAccount(root, path);
  return { options, account, owner: await thisOwner(), see: processViewer(account), path };
}

/** What a reader of the evidence is told of the floor. */
export function describeGround({ account: { node, npm }, proof }: Ground): FloorProbe {
  return { ...proof, host: hostname(), platform: `${process.platform} ${release()} ${process.arch}`, node, npm };
}
