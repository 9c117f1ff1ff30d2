import type { Change } from '../../core/ports/forge.ts';
import type { GitTree } from '../../core/ports/git.ts';
import { mustInside, runInside } from './git/inside.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { changeBetween, entriesBetween, splitNul, treeWith } from './difference.ts';
import { ensureBase, inside } from './mirror.ts';
import type { Ground } from './mirror.ts';
import { withScratch } from './scratch.ts';
import type { Scratch } from './scratch.ts';

/** The forge and the repository it works for. */
interface Site {
  readonly ground: Ground;
  readonly repository: RepositorySnapshot;
}

const apply = ['apply', '--binary', '--whitespace=nowarn'];

/** Lays a patch over a tree that holds the base commit, all of it or nothing; returns the paths it touched. */
export async function applyPatch({ ground, repository }: Site, patch: string, into: Pick<GitTree, 'converse'>): Promise<readonly string[]> {
  if (patch === '') return [];
  const mirror = await ensureBase(ground, repository);
  const counted = await ground.git.must([...apply, '--numstat', '-z'], { ...inside(mirror), input: patch });
  await mustInside('laying a patch over a workspace', await runInside(into, applyScript), patch);
  return splitNul(counted).map((line) => line.split('\t').slice(2).join('\t'));
}

/** Git is told of a repository that is none, so that it does not look at one of the tree. */
const applyScript = `GIT_DIR=/dev/null/none exec git ${apply.join(' ')}`;

/** The part of a patch that touches only paths to keep; calculated from trees, not from the patch's text. */
export async function filterPatch({ ground, repository }: Site, patch: string, keep: (path: string) => boolean): Promise<Change> {
  if (patch === '') return { patch: '', files: [] };
  const mirror = await ensureBase(ground, repository);
  return withScratch(ground, mirror, async (scratch) => {
    const base = repository.baseCommit;
    const whole = await treeOf(ground, scratch, { base, patch });
    const kept = (await entriesBetween(ground.git, scratch, { base, tree: whole })).filter((entry) => keep(entry.path));
    return changeBetween(ground.git, scratch, { base, tree: await treeWith(ground.git, scratch, { base, entries: kept }) });
  });
}

/** The tree that a patch makes of a commit's tree. */
async function treeOf(ground: Ground, scratch: Scratch, on: { readonly base: string; readonly patch: string }): Promise<string> {
  await ground.git.must(['read-tree', on.base], scratch.options());
  await ground.git.must([...apply, '--cached'], { ...scratch.options(), input: on.patch });
  return (await ground.git.must(['write-tree'], scratch.options())).toString('utf8').trim();
}
