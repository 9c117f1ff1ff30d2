import { isAbsolute } from 'node:path';
import type { FloorClaim, Tier } from '../../../core/ports/floor.ts';
import type { Start } from '../spawn/spawn.ts';
import { runCanaries } from './canary/canaries.ts';
import { candidatesOn } from './candidates.ts';
import type { Candidate } from './candidates.ts';
import { requiredClaims } from './canary/claims.ts';
import { readMachine } from './mend/machine.ts';
import type { MendEnvironment } from './mend/machine.ts';
import { mendOf, withoutWalls } from './mend/mend.ts';
import { nodeFolders } from './node-folders.ts';
import { tierOf } from './canary/tier.ts';
import type { Wall } from './wall.ts';

export interface WallSearch {
  /** PATH of commands. */
  readonly path: string;
  /** Folder in which canaries are planted for a moment; its user must be able to pass through it. */
  readonly probeFolder: string;
  /** User that commands run as; null for the factory's own. */
  readonly user: Start['user'];
  /** Environment of the floor's own tools: its PATH is looked through too. */
  readonly tools: Readonly<Record<string, string>>;
  /** The least that will do; a wall of T1 is only ever taken where this says so. Default 'T2'. */
  readonly least?: Tier;
  /** For where engines of containers are, which the mend names. */
  readonly env?: MendEnvironment;
  /** File with the filter of keyrings, readable by that user; null where there is none. */
  readonly filter?: string | null;
  /** Folder to copy the settings of the system into, readable by that user. */
  readonly settings?: string;
  /** Folders of the programs that build walls; the system's own, then PATH, where nothing is said. */
  readonly system?: readonly string[];
}

export interface FoundWall {
  /** The first wall that holds; null where none does. */
  readonly wall: Wall | null;
  /** What its canaries have proved; 'T0' where there is no wall. */
  readonly tier: Tier;
  /** What builds it: 'bubblewrap', 'bubblewrap of Codex', 'namespaces', …; 'none'. */
  readonly builder: string;
  /** What its canaries have shown; nothing where there is no wall. */
  readonly claims: readonly FloorClaim[];
  /** What a reader of the evidence must know of it. */
  readonly caveats: readonly string[];
  /** Walls that do not hold, and what each said or failed. */
  readonly tried: readonly Tried[];
  /** What to do to get a wall, or a better one; '' where there is one of T2. */
  readonly mend: string;
}

export interface Tried {
  readonly kind: string;
  readonly why: string;
}

/** Where tools for the system are that not every user has on PATH. */
const systemFolders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * Finds a wall that holds on this machine, by sending canaries behind each: bubblewrap, that of Codex, util-linux. One that
 * cannot prove every required claim is not taken, and nothing weaker stands in for it, unless `least` is T1: then, after
 * all of these, a wall that at least holds files and the network.
 *
 * @example
 * const { wall, tier, tried, mend } = await findWall({ path, probeFolder: '/var/lib/jidoka/work', user: null, tools });
 */
export async function findWall(search: WallSearch): Promise<FoundWall> {
  if ((search.user?.uid ?? process.getuid?.()) === 0) return none([{ kind: 'walls', why: 'commands would run as root' }], asRoot);
  const { all, missing } = await candidatesOn(process.platform, foldersOf(search), {
    filter: search.filter ?? null,
    settings: search.settings ?? null,
  });
  if (all.length === 0)
    return none([{ kind: 'walls', why: `there are none for ${process.platform} yet` }], `${otherSystem} ${withoutWalls}`);
  const takesPartial = search.least === 'T1' || search.least === 'T0';
  const tried: Tried[] = [];
  let partial: Omit<FoundWall, 'tried' | 'mend'> | null = null;
  for (const look of all) {
    const candidate = await look();
    const outcome = await prove(candidate, search, takesPartial);
    if (typeof outcome !== 'string' && outcome.tier === 'T2') return { ...outcome, tried, mend: '' };
    if (typeof outcome === 'string') tried.push({ kind: candidate.builder, why: outcome });
    else partial ??= outcome;
  }
  const mend = process.platform === 'linux' ? mendOf(await readMachine(search.env ?? {}), missing) : `${otherSystem} ${withoutWalls}`;
  return partial === null ? none(tried, mend) : { ...partial, tried, mend };
}

const otherSystem = 'For walls that hold all that is required, run the factory on Linux, or under WSL 2.';
const asRoot = 'Give commands a user of their own: jidoka does so by itself when it is started by root and that user can use Node.js.';

function none(tried: readonly Tried[], mend: string): FoundWall {
  return { wall: null, tier: 'T0', builder: 'none', claims: [], caveats: [], tried, mend };
}

/** The wall with its claims, or why it will not do. */
async function prove(
  candidate: Candidate,
  { probeFolder, user, path }: WallSearch,
  takesPartial: boolean,
): Promise<Omit<FoundWall, 'tried' | 'mend'> | string> {
  const { builder, caveats, wall } = candidate;
  if (wall === null) return candidate.why;
  if (candidate.partial && !takesPartial) return 'it holds less than tier T2, and was not asked for';
  const outcome = await runCanaries(wall, { folder: probeFolder, user, path, readable: await nodeFolders() });
  if (outcome.kind === 'failed') return outcome.why;
  const tier = tierOf(outcome.claims);
  if (tier === 'T2' || (tier === 'T1' && takesPartial)) return { wall, tier, builder, caveats, claims: outcome.claims };
  const missed = outcome.claims.filter(({ claim, state }) => state !== 'proved' && requiredClaims.some((one) => one === claim));
  return missed.map(({ claim, state, proof }) => `${claim} is ${state} (${proof})`).join('; ');
}

/** System folders first: a wall is not built by a program of somebody's home where the system has one. */
function foldersOf({ path, tools, system }: WallSearch): readonly string[] {
  if (system !== undefined) return system;
  const named = [path, tools['PATH'] ?? ''].join(':').split(':').filter(isAbsolute);
  return [...new Set([...systemFolders, ...named])];
}
