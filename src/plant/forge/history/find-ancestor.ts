import { mkdir, rename, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { RepositorySnapshot } from '../../../core/packet/seed.ts';
import type { Ancestor } from '../../../core/ports/forge.ts';
import { gitFailed } from '../git/git.ts';
import { underLock } from '../host-lock.ts';
import { asking, baseRef, commitOf, exists, inside, objectFormat, transferMs, type Ground } from '../mirror.ts';

/**
 * Finds a commit in the history of a base. That is fetched when it is first asked for, into a repository of its own: what
 * jobs are filled from holds bases alone.
 */
export async function findAncestor(ground: Ground, repository: RepositorySnapshot, name: string): Promise<Ancestor | null> {
  if (!/^[0-9a-f]{7,64}$/.test(name)) return null;
  const history = await ensureHistory(ground, repository);
  const commit = await commitOf(ground, history, name);
  if (commit === null) return null;
  const tested = ['merge-base', '--is-ancestor', commit, repository.baseCommit];
  const found = await ground.git.run(tested, inside(history));
  if (found.code === 1) return null;
  if (found.code !== 0) throw gitFailed(tested, found);
  return { commit, parent: await commitOf(ground, history, `${commit}^1`) };
}

/** Makes sure that the history of a base is there; returns the folder of the bare repository that holds it. */
async function ensureHistory(ground: Ground, repository: RepositorySnapshot): Promise<string> {
  const path = join(ground.root, 'histories', `${repository.id}.git`);
  const ref = baseRef(repository.baseCommit);
  await mkdir(dirname(path), { recursive: true });
  await underLock(ground, `${path}.lock`, async () => {
    if (!(await exists(join(path, 'HEAD')))) await makeBare(ground, path, repository.baseCommit);
    if ((await commitOf(ground, path, ref)) === null) await fetchHistory(ground, repository, { path, ref });
  });
  return path;
}

async function makeBare({ git }: Ground, path: string, commit: string): Promise<void> {
  const draft = join(git.root, randomUUID());
  await git.must(['init', '--quiet', '--bare', '--template=', `--object-format=${objectFormat(commit)}`, draft]);
  await rm(path, { recursive: true, force: true });
  await rename(draft, path);
}

interface Place {
  readonly path: string;
  readonly ref: string;
}

async function fetchHistory(ground: Ground, repository: RepositorySnapshot, { path, ref }: Place): Promise<void> {
  // Left by a fetch that was killed; under our lock there is no other.
  await rm(join(path, 'shallow.lock'), { force: true });
  const tidy = ['-c', 'fetch.unpackLimit=1', '-c', 'gc.autoDetach=false', '-c', 'maintenance.autoDetach=false'];
  const how = [...tidy, 'fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--force', '--update-shallow'];
  const options = { ...inside(path, await asking(ground, repository.id)), timeoutMs: transferMs };
  const fetched = await ground.git.run([...how, repository.location, `${repository.baseCommit}:${ref}`], options);
  if (fetched.code === 0) return;
  throw gitFailed(['fetch'], fetched, `See that ${repository.location} can be read and still has the commit ${repository.baseCommit}.`);
}
