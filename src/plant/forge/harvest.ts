import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from '../../core/ports/forge.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { changeBetween, splitNul } from './difference.ts';
import { gitFailed } from './git.ts';
import { ensureBase } from './mirror.ts';
import type { Ground } from './mirror.ts';
import { withScratch } from './scratch.ts';
import type { Scratch } from './scratch.ts';

/**
 * The difference between the base commit and a folder that may be hostile. Git looks at the folder's files only, with
 * the mirror's settings: never at its .git, its attributes or its ignore rules.
 */
export async function harvestFolder(ground: Ground, repository: RepositorySnapshot, from: string): Promise<Change> {
  const mirror = await ensureBase(ground, repository);
  return withScratch(ground, mirror, async (scratch) => {
    await ground.git.must(['read-tree', repository.baseCommit], scratch.options());
    const base = await baseFiles(ground, scratch, repository.baseCommit);
    const here = (await filesBelow(from, '')).filter((path) => !base.kept(path));
    const ignored = await ignoredByBase(ground, scratch, { paths: here.filter((path) => !base.files.has(path)), rules: base.ignoreFiles });
    const present = new Set(here.filter((path) => !ignored.has(path)));
    const gone = [...base.files].filter((path) => !present.has(path) && !base.kept(path));
    const tree = scratch.options({ GIT_WORK_TREE: from });
    await ground.git.must(['update-index', '--force-remove', '-z', '--stdin'], { ...tree, cwd: from, input: asInput(gone) });
    await ground.git.must(['update-index', '--add', '--replace', '-z', '--stdin'], { ...tree, cwd: from, input: asInput([...present]) });
    const written = (await ground.git.must(['write-tree'], scratch.options())).toString('utf8').trim();
    return changeBetween(ground.git, scratch, { base: repository.baseCommit, tree: written });
  });
}

interface BaseFiles {
  readonly files: ReadonlySet<string>;
  readonly ignoreFiles: readonly string[];
  /** True for paths that are never part of a change: installed packages, submodules, names that are no text. */
  readonly kept: (path: string) => boolean;
}

async function baseFiles(ground: Ground, scratch: Scratch, commit: string): Promise<BaseFiles> {
  const lines = splitNul(await ground.git.must(['ls-tree', '-r', '-z', commit], scratch.options()));
  const entries = lines.map((line) => ({ type: line.split(' ')[1] ?? '', path: line.slice(line.indexOf('\t') + 1) }));
  const submodules = entries.filter((entry) => entry.type === 'commit').map((entry) => `${entry.path}/`);
  const files = entries.filter((entry) => entry.type === 'blob').map((entry) => entry.path);
  return {
    files: new Set(files),
    ignoreFiles: files.filter((path) => path === '.gitignore' || path.endsWith('/.gitignore')),
    kept: (path) =>
      /(^|\/)node_modules(\/|$)/.test(path) || path.includes('\uFFFD') || submodules.some((folder) => `${path}/`.startsWith(folder)),
  };
}

/** Every file and link below a folder; not in node_modules, not in .git whatever it is, and no pipes or devices. */
async function filesBelow(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.name === 'node_modules' || entry.name.toLowerCase() === '.git') return [];
    if (entry.isDirectory()) return filesBelow(folder, path);
    return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
  });
  return (await Promise.all(found)).flat();
}

interface Asked {
  readonly paths: readonly string[];
  /** The .gitignore files of the base commit. */
  readonly rules: readonly string[];
}

/** Which new files the base commit's own .gitignore files leave out; what a station wrote into them does not count. */
async function ignoredByBase(ground: Ground, scratch: Scratch, asked: Asked): Promise<ReadonlySet<string>> {
  if (asked.paths.length === 0 || asked.rules.length === 0) return new Set();
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

function asInput(paths: readonly string[]): string {
  return paths.map((path) => `${path}\0`).join('');
}
