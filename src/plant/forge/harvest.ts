import type { Change } from '../../core/ports/forge.ts';
import type { GitTree } from '../../core/ports/git.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { baseFiles, ignoredByBase } from './base-files.ts';
import type { BaseFiles } from './base-files.ts';
import { changeBetween, entriesBetween, treeWith } from './difference.ts';
import { ensureBase } from './mirror.ts';
import type { Ground } from './mirror.ts';
import { withScratch } from './scratch.ts';
import type { Scratch } from './scratch.ts';
import { takeTree } from './take-tree.ts';
import type { Selection, Taken } from './take-tree.ts';

/**
 * The difference between the base commit and a tree of a workspace that may be hostile. Git inside makes a commit of the
 * tree's files with settings that are ours; git here takes it over the wire, checks every object, and compares trees.
 */
export async function harvestTree(ground: Ground, repository: RepositorySnapshot, tree: GitTree): Promise<Change> {
  const mirror = await ensureBase(ground, repository);
  const base = await baseFiles(ground, mirror, repository);
  const commit = repository.baseCommit;
  return withScratch(ground, mirror, async (scratch) => {
    const select = (here: readonly string[]): Promise<Selection> => selectOf({ ground, scratch, base, commit }, here);
    const taken = await takeTree({ ground, scratch, base, commit }, tree, select);
    return changeBetween(ground.git, scratch, { base: commit, tree: await withoutSetup(ground, scratch, { ...taken, commit }) });
  });
}

/** The difference between the base commit and another commit of the target, with all that either has. */
export async function harvestCommit(ground: Ground, repository: RepositorySnapshot, commit: string): Promise<Change> {
  const mirror = await ensureBase(ground, repository);
  await ensureBase(ground, { ...repository, baseCommit: commit });
  return withScratch(ground, mirror, (scratch) =>
    changeBetween(ground.git, scratch, { base: repository.baseCommit, tree: `${commit}^{tree}` }),
  );
}

interface Harvest {
  readonly ground: Ground;
  readonly scratch: Scratch;
  readonly base: BaseFiles;
  readonly commit: string;
}

/** Of all files that are there: which to take up, and which of the base are gone. */
async function selectOf({ ground, scratch, base, commit }: Harvest, found: readonly string[]): Promise<Selection> {
  const here = found.filter((path) => !base.kept(path));
  const paths = here.filter((path) => !base.files.has(path));
  const ignored = await ignoredByBase(ground, scratch, { base: commit, paths, rules: base.ignoreFiles });
  const present = new Set(here.filter((path) => !ignored.has(path)));
  const gone = [...base.files].filter((path) => !present.has(path) && !base.kept(path));
  return { present: [...present], gone, submodules: base.submodules };
}

/** The tree without what the setup left and nobody changed since: that is no part of a change. */
async function withoutSetup(
  ground: Ground,
  scratch: Scratch,
  { tree, setup, commit }: Taken & { readonly commit: string },
): Promise<string> {
  if (setup === null || setup === tree) return tree; // there was none
  const left = new Map((await entriesBetween(ground.git, scratch, { base: commit, tree: setup })).map((entry) => [entry.path, entry]));
  if (left.size === 0) return tree;
  const changed = await entriesBetween(ground.git, scratch, { base: commit, tree });
  const kept = changed.filter(({ path, mode, object }) => left.get(path)?.object !== object || left.get(path)?.mode !== mode);
  return treeWith(ground.git, scratch, { base: commit, entries: kept });
}
