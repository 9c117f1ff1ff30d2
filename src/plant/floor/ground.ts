import { chmod, mkdir } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import type { Clock } from '../../core/ports/clock.ts';
import type { FloorProbe } from '../../core/ports/floor.ts';
import { findAccount } from './account.ts';
import type { Account } from './account.ts';
import { commandPath } from './command-path.ts';
import type { Confines } from './confines.ts';
import type { HostEnvironment } from './environment.ts';
import type { Layers } from './layers/layer.ts';
import type { Limiter } from './limits/index.ts';
import { thisOwner } from './place/owner.ts';
import type { Owner } from './place/owner.ts';
import { locksOf } from './place/places.ts';
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
  /** Where this host stands, as its owner says: 'eu-central'. */
  readonly region?: string | null;
  /** User and tools of commands, where they are known already. */
  readonly account?: Account;
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
  /** How trees come out of bases; found out when the first is needed. */
  readonly layers: () => Promise<Layers>;
  /** How limits are held, found out when the first command runs; null where nothing is limited. */
  readonly limiter: () => Promise<Limiter | null>;
  /** Keys of the bases that this process builds now. */
  readonly building: Set<string>;
  /** What the floor is, for the evidence. */
  readonly proof: FloorProof;
}

/** What one kind of floor says of itself. */
export type FloorProof = Pick<FloorProbe, 'kind' | 'tier' | 'user' | 'wall' | 'claims' | 'caveats'>;

/** What every floor on this host rests on; how it keeps commands apart comes on top. */
export type Bedrock = Omit<Ground, 'confines' | 'layers' | 'limiter' | 'proof'>;

/** Makes the folders of the floor and finds out with what commands run. */
export async function prepareBedrock(options: FloorOptions): Promise<Bedrock> {
  const root = options.root;
  await mkdir(locksOf(root), { recursive: true });
  // Passable for the user of commands, but not readable.
  if (process.getuid?.() === 0) await chmod(root, 0o711);
  const path = commandPath(options.env['PATH'], process.execPath);
  const account = options.account ?? (await findAccount(root, path));
  return { options, account, owner: await thisOwner(), see: processViewer(account), path, building: new Set() };
}

/** What a reader of the evidence is told of the floor. */
export async function describeGround({ account: { node, npm }, proof, options, layers, limiter }: Ground): Promise<FloorProbe> {
  const [{ method, why }, limits] = await Promise.all([layers(), limiter()]);
  const caveats = why === '' ? proof.caveats : [...proof.caveats, `workspaces are copies of their base: ${why}`];
  return {
    ...proof,
    caveats,
    host: hostname(),
    platform: `${process.platform} ${release()} ${process.arch}`,
    node,
    npm,
    layers: method,
    limits: limits?.method ?? 'none',
    claims: [...proof.claims, ...(limits?.claims ?? [])],
    image: null,
    region: options.region ?? null,
  };
}
