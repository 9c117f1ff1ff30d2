import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isJidokaError } from '../../core/base/error.ts';
import type { GitTree } from '../../core/ports/git.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { underLock } from './host-lock.ts';
import { fillScript, mustInside, runInside, settleScript, wentWell } from './git/inside.ts';
import { ensureBase, exists, inside, objectFormat, transferMs } from './mirror.ts';
import type { Ground } from './mirror.ts';
import { talk } from './git/talk.ts';

/** Seeds that nobody used for so long are removed, in milliseconds. */
const unusedMs = 7 * 24 * 60 * 60 * 1000;

/** Makes an empty tree of a workspace a repository of the base commit alone, by git's wire protocol. */
export async function fillTree(ground: Ground, repository: RepositorySnapshot, tree: GitTree): Promise<void> {
  const seed = await ensureSeed(ground, repository);
  const branch = repository.branch ?? 'main';
  const peer = await runInside(tree, fillScript, [branch, objectFormat(repository.baseCommit)]);
  const sent = talk(ground, peer, {
    args: ['send-pack', '--quiet'],
    peerOption: '--receive-pack',
    env: { GIT_DIR: seed },
    refs: [`${repository.baseCommit}:refs/heads/${branch}`],
  });
  // What went wrong inside tells more than what git of this side made of it.
  const outcome = await sent.then(
    () => null,
    (error: unknown) => error,
  );
  // But for a full disk, of which only git that unpacks there says a word, and it says it here.
  if (isJidokaError(outcome) && outcome.code === 'disk-full') throw outcome;
  wentWell('filling a workspace', await peer.result);
  if (outcome !== null) throw outcome;
}

/** Makes a filled tree ready to be sealed as a base; see `settleScript`. */
export async function settleTree(tree: GitTree): Promise<void> {
  await mustInside('settling a base', await runInside(tree, settleScript));
}

/** The git folder of a one-commit repository, made once for each base. */
export async function ensureSeed(ground: Ground, repository: RepositorySnapshot): Promise<string> {
  const seed = join(ground.root, 'seeds', repository.id, repository.baseCommit);
  if (!(await exists(seed))) await makeSeed(ground, repository, seed);
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
    const format = `--object-format=${objectFormat(repository.baseCommit)}`;
    await ground.git.must(['init', '--quiet', '--bare', '--template=', format, draft]);
    await givePack(ground, { mirror, draft, commit: repository.baseCommit });
    await ground.git.must(['update-ref', 'refs/heads/base', repository.baseCommit], inside(draft));
    await rename(draft, seed);
  });
}

/** Gives a new repository the objects of one commit, without anything that came before it. */
async function givePack(ground: Ground, from: { readonly mirror: string; readonly draft: string; readonly commit: string }): Promise<void> {
  const folder = join(from.draft, 'objects', 'pack');
  await mkdir(folder, { recursive: true });
  // The mirror's own history ends at each base, so this takes that commit alone.
  const pack = ['-c', 'pack.window=0', 'pack-objects', '--quiet', '--revs', join(folder, 'pack')];
  await ground.git.must(pack, { ...inside(from.mirror), input: `${from.commit}\n`, timeoutMs: transferMs });
  const content = (await ground.git.must(['cat-file', 'commit', from.commit], inside(from.mirror))).toString('utf8');
  if (/^parent /m.test(content.split('\n\n')[0] ?? '')) await writeFile(join(from.draft, 'shallow'), `${from.commit}\n`);
}

async function removeUnused(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > unusedMs) await rm(join(folder, name), { recursive: true, force: true });
  }
}
