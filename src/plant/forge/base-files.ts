import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onceUnlessFailed } from '../../core/base/once-unless-failed.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { splitNul } from './difference.ts';
import { gitFailed } from './git/git.ts';
import { nobody } from './git/inside.ts';
import { inside } from './mirror.ts';
import type { Ground } from './mirror.ts';
import type { Scratch } from './scratch.ts';

/** What is looked up of a base commit, once for a list of its files and every harvest. */
export interface BaseFiles {
  readonly files: ReadonlySet<string>;
  readonly ignoreFiles: readonly string[];
  /** Commits of other repositories, as an index takes them. */
  readonly submodules: readonly string[];
  /** True for paths that are never part of a change: installed packages, submodules, names that are no text. */
  readonly kept: (path: string) => boolean;
  /** A commit of the base's tree without history, which comes out the same wherever it is made. */
  readonly common: () => Promise<string>;
}

/** Base commits whose files are remembered; a repository is worked on at one or two. */
const mostBases = 16;

/** Looks at a base commit once. */
export async function baseFiles(ground: Ground, mirror: string, { id, baseCommit }: RepositorySnapshot): Promise<BaseFiles> {
  const key = `${id} ${baseCommit}`;
  const known = ground.bases.get(key);
  if (known !== undefined) return known;
  const found = await lookAt(ground, mirror, baseCommit);
  for (const oldest of [...ground.bases.keys()].slice(0, Math.max(0, ground.bases.size + 1 - mostBases))) ground.bases.delete(oldest);
  ground.bases.set(key, found);
  return found;
}

async function lookAt(ground: Ground, mirror: string, commit: string): Promise<BaseFiles> {
  const lines = splitNul(await ground.git.must(['ls-tree', '-r', '-z', commit], inside(mirror)));
  const entries = lines.map((line) => ({ type: line.split(' ')[1] ?? '', path: line.slice(line.indexOf('\t') + 1), line }));
  const links = entries.filter((entry) => entry.type === 'commit');
  const folders = links.map(({ path }) => `${path}/`);
  const files = entries.filter((entry) => entry.type === 'blob').map((entry) => entry.path);
  const makeCommon = (): Promise<Buffer> => ground.git.must(['commit-tree', `${commit}^{tree}`, '-m', 'tree'], inside(mirror, nobody));
  return {
    files: new Set(files),
    ignoreFiles: files.filter((path) => path === '.gitignore' || path.endsWith('/.gitignore')),
    submodules: links.map(({ line }) => line.replace(' commit ', ' ')),
    kept: (path) =>
      /(^|\/)node_modules(\/|$)/.test(path) || path.includes('\uFFFD') || folders.some((folder) => `${path}/`.startsWith(folder)),
    common: onceUnlessFailed(async () => (await makeCommon()).toString('utf8').trim()),
  };
}

interface Asked {
  readonly base: string;
  readonly paths: readonly string[];
  /** The .gitignore files of the base commit. */
  readonly rules: readonly string[];
}

/** Which new files the base commit's own .gitignore files leave out; what a station wrote into them does not count. */
export async function ignoredByBase(ground: Ground, scratch: Scratch, asked: Asked): Promise<ReadonlySet<string>> {
  if (asked.paths.length === 0 || asked.rules.length === 0) return new Set();
  await ground.git.must(['read-tree', asked.base], scratch.options());
  const folder = join(scratch.folder, 'rules');
  await mkdir(folder);
  // This command knows no literal paths; the dot before each keeps a colon from being more than a letter.
  const options = { ...scratch.options({ GIT_WORK_TREE: folder, GIT_LITERAL_PATHSPECS: '0' }), cwd: folder };
  await ground.git.must(['checkout-index', '-z', '--stdin', '--quiet'], { ...options, input: asInput(asked.rules) });
  const args = ['-c', 'core.excludesFile=/dev/null', 'check-ignore', '-z', '--no-index', '--stdin'];
  const answer = await ground.git.run(args, { ...options, input: asInput(asked.paths.map((path) => `./${path}`)) });
  // 1 says that nothing is ignored.
  if (answer.code !== 0 && answer.code !== 1) throw gitFailed(['check-ignore'], answer);
  return new Set(splitNul(answer.stdout).map((path) => path.slice('./'.length)));
}

/** Paths, or other lines, as git reads them with -z. */
export function asInput(lines: readonly string[]): string {
  return lines.map((line) => `${line}\0`).join('');
}
