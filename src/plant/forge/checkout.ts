import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { underLock } from './host-lock.ts';
import { ensureBase, inside, rawBytes } from './mirror.ts';
import type { Ground } from './mirror.ts';

/** Seeds that nobody used for so long are removed, in milliseconds. */
const unusedMs = 7 * 24 * 60 * 60 * 1000;

/** Writes the base commit into an empty folder as a repository of that one commit. */
export async function checkOut(ground: Ground, repository: RepositorySnapshot, into: string): Promise<void> {
  if ((await readdir(into)).length > 0) {
    throw new JidokaError('invariant', `${into} is not empty.`, { mend: 'Check out into the tree of a new workspace.' });
  }
  const seed = await ensureSeed(ground, repository);
  const gitDir = join(into, '.git');
  await copyFolder(seed, gitDir);
  const tree = { cwd: into, env: { GIT_DIR: gitDir, GIT_WORK_TREE: into } };
  await ground.git.must(['read-tree', 'HEAD'], tree);
  await ground.git.must(['checkout-index', '--all', '--force', '-u', '--quiet'], tree);
  await rm(join(gitDir, 'info'), { recursive: true });
}

/** The git folder of a one-commit repository, made once for each base and copied for each checkout. */
async function ensureSeed(ground: Ground, repository: RepositorySnapshot): Promise<string> {
  const seed = join(ground.root, 'seeds', repository.id, repository.baseCommit);
  const ready = await access(seed).then(
    () => true,
    () => false,
  );
  if (!ready) await makeSeed(ground, repository, seed);
  const now = new Date();
  await utimes(seed, now, now);
  return seed;
}

async function makeSeed(ground: Ground, repository: RepositorySnapshot, seed: string): Promise<void> {
  const mirror = await ensureBase(ground, repository);
  await mkdir(dirname(seed), { recursive: true });
  await underLock(ground, `${seed}.lock`, async () => {
    if (await stat(seed).catch(() => null)) return;
    await removeUnused(dirname(seed));
    const draft = join(ground.git.root, randomUUID());
    const branch = repository.branch ?? 'main';
    const format = repository.baseCommit.length === 64 ? ['--object-format=sha256'] : [];
    await ground.git.must(['init', '--quiet', '--bare', '--template=', ...format, draft]);
    await givePack(ground, { mirror, draft, commit: repository.baseCommit });
    await ground.git.must(['update-ref', `refs/heads/${branch}`, repository.baseCommit], inside(draft));
    await ground.git.must(['symbolic-ref', 'HEAD', `refs/heads/${branch}`], inside(draft));
    for (const [key, value] of settings) await ground.git.must(['config', key, value], inside(draft));
    await mkdir(join(draft, 'info'), { recursive: true });
    await writeFile(join(draft, 'info', 'attributes'), rawBytes);
    await rename(draft, seed);
  });
}

/** Gives a new repository the objects of one commit, without anything that came before it. */
async function givePack(ground: Ground, from: { readonly mirror: string; readonly draft: string; readonly commit: string }): Promise<void> {
  const folder = join(from.draft, 'objects', 'pack');
  await mkdir(folder, { recursive: true });
  // The mirror's own history ends at each base, so this takes that commit alone.
  const pack = ['pack-objects', '--quiet', '--revs', join(folder, 'pack')];
  await ground.git.must(pack, { ...inside(from.mirror), input: `${from.commit}\n` });
  const content = (await ground.git.must(['cat-file', 'commit', from.commit], inside(from.mirror))).toString('utf8');
  if (/^parent /m.test(content.split('\n\n')[0] ?? '')) await writeFile(join(from.draft, 'shallow'), `${from.commit}\n`);
}

/** A station may commit, but has nowhere to push to and nothing that runs by itself. */
const settings = [
  ['core.bare', 'false'],
  ['user.name', 'jidoka'],
  ['user.email', 'jidoka@localhost'],
  ['push.default', 'nothing'],
  ['gc.auto', '0'],
] as const;

/** Copies, by reference where the file system can. Never by hard link: a station may write into what it is given. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

async function removeUnused(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > unusedMs) await rm(join(folder, name), { recursive: true, force: true });
  }
}
