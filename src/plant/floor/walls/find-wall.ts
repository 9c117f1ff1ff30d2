import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Start } from '../spawn/spawn.ts';
import { bubblewrapWall } from './bubblewrap.ts';
import { runCanaries } from './canaries.ts';
import { holds } from './claims.ts';
import { mendOf, readNamespaceSettings } from './mend.ts';
import { namespacesWall } from './namespaces.ts';
import { nodeFolders } from './node-folders.ts';
import { seeHost } from './see-host.ts';
import type { HostLayout } from './view.ts';
import type { Claim, Wall } from './wall.ts';

export interface WallSearch {
  /** PATH of commands. */
  readonly path: string;
  /** Folder in which canaries are planted for a moment; its user must be able to pass through it. */
  readonly probeFolder: string;
  /** User that commands run as; null for the factory's own. */
  readonly user: Start['user'];
  /** Environment of the floor's own tools: its PATH is looked through too. */
  readonly tools: Readonly<Record<string, string>>;
}

export interface FoundWall {
  /** The first wall that holds; null where none does. */
  readonly wall: Wall | null;
  /** What its canaries have shown; nothing where there is no wall. */
  readonly claims: readonly Claim[];
  /** Walls that do not hold, and what each said or failed. */
  readonly tried: readonly Tried[];
  /** What to do to get a wall; '' where there is one. */
  readonly mend: string;
}

export interface Tried {
  readonly kind: string;
  readonly why: string;
}

/** Where tools for the system are that not every user has on PATH. */
const systemFolders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** What the wall without bubblewrap is built by. */
const needed = ['setpriv', 'unshare', 'mount', 'umount', 'pivot_root', 'setsid', 'env', 'ip'];

/**
 * Finds a wall that holds on this machine, by sending canaries behind each: bubblewrap first, then util-linux. One that
 * cannot prove every required claim is not taken, and nothing weaker stands in for it.
 *
 * @example
 * const { wall, tried, mend } = await findWall({ path, probeFolder: '/var/lib/jidoka/work', user: null, tools });
 */
export async function findWall(search: WallSearch): Promise<FoundWall> {
  if (process.platform !== 'linux') return none([{ kind: 'walls', why: `there are none for ${process.platform} yet` }], otherSystem);
  if ((search.user?.uid ?? process.getuid?.()) === 0) return none([{ kind: 'walls', why: 'commands would run as root' }], asRoot);
  const folders = foldersOf(search);
  const bwrap = await findProgram('bwrap', folders);
  const lacking = await lackingOf(folders);
  const host = await seeHost();
  const tried: Tried[] = [];
  for (const candidate of [bubblewrap(bwrap, host), namespaces({ lacking, folders, host })]) {
    const outcome = candidate.wall === null ? candidate.why : await prove(candidate.wall, search);
    if (typeof outcome !== 'string') return { ...outcome, tried, mend: '' };
    tried.push({ kind: candidate.kind, why: outcome });
  }
  return none(tried, mendOf(await readNamespaceSettings(), { bubblewrap: bwrap === null, namespaces: lacking }));
}

const otherSystem = 'Run the factory on Linux, or under WSL 2.';
const asRoot = 'Give commands a user of their own: jidoka does so by itself when it is started by root and that user can use Node.js.';

function none(tried: readonly Tried[], mend: string): FoundWall {
  return { wall: null, claims: [], tried, mend };
}

type Candidate = { readonly kind: string } & ({ readonly wall: Wall } | { readonly wall: null; readonly why: string });

function bubblewrap(bwrap: string | null, host: HostLayout): Candidate {
  if (bwrap === null) return { kind: 'bubblewrap', wall: null, why: 'bwrap is not installed' };
  return { kind: 'bubblewrap', wall: bubblewrapWall(bwrap, host) };
}

interface SystemTools {
  readonly lacking: readonly string[];
  readonly folders: readonly string[];
  readonly host: HostLayout;
}

function namespaces({ lacking, folders, host }: SystemTools): Candidate {
  if (lacking.length > 0) return { kind: 'namespaces', wall: null, why: `not installed: ${lacking.join(', ')}` };
  return { kind: 'namespaces', wall: namespacesWall(folders.join(':'), host) };
}

/** The wall with its claims, or why it does not hold. */
async function prove(
  wall: Wall,
  { probeFolder, user, path }: WallSearch,
): Promise<{ readonly wall: Wall; readonly claims: readonly Claim[] } | string> {
  const outcome = await runCanaries(wall, { folder: probeFolder, user, path, readable: await nodeFolders() });
  if (outcome.kind === 'failed') return outcome.why;
  if (holds(outcome.claims)) return { wall, claims: outcome.claims };
  const refuted = outcome.claims.filter(({ state }) => state === 'refuted');
  return refuted.map(({ claim, proof }) => `${claim} is refuted (${proof})`).join('; ');
}

/** System folders first: a wall is not built by a program of somebody's home where the system has one. */
function foldersOf({ path, tools }: WallSearch): readonly string[] {
  const named = [path, tools['PATH'] ?? ''].join(':').split(':').filter(isAbsolute);
  return [...new Set([...systemFolders, ...named])];
}

async function findProgram(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const file = join(folder, name);
    const canRun = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (canRun) return file;
  }
  return null;
}

async function lackingOf(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(needed.map((name) => findProgram(name, folders)));
  return needed.filter((_, index) => found[index] === null);
}
