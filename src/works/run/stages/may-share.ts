import { installInput } from '../../inspection/sealed/index.ts';
import type { BaselineRecord } from '../../inspection/tree/index.ts';
import type { Project } from '../../intake/index.ts';
import { readLock, type Lock } from '../../npm/index.ts';

/** What is known of a tree when it is asked whether the packages of the base do for it. */
export interface Sharing {
  readonly project: Project;
  /** What the baseline saw of their install; null where none was taken of this commit. */
  readonly record: BaselineRecord | null;
  /** Paths in which the tree will differ from the base commit. */
  readonly touched: readonly string[];
}

/** Whether an install of a tree's own could come out in no other way than that of the base: it went well at once, and nothing that it looks at is touched. */
export function mayShare({ project, record, touched }: Sharing): boolean {
  if (record === null || record.install.tried.length !== 1 || touched.some(installInput)) return false;
  // Files of the repository may stand among its packages, and what is a program there is made executable.
  return touched.length === 0 || !hasOwnFiles(treeOf(project, record));
}

/** Whether the lockfile leaves nothing to what the registry says at the time. */
export function isPinned({ lock }: Pick<Project, 'lock'>): boolean {
  return lock !== null && lock.lock.copies.every(({ bundled, source }) => bundled || source.integrity !== null);
}

function treeOf({ lock, root }: Project, { tree }: BaselineRecord): Lock | null {
  if (lock !== null) return lock.lock;
  return tree === null ? null : readLock(tree, { path: 'node_modules/.package-lock.json', manifest: root });
}

function hasOwnFiles(tree: Lock | null): boolean {
  if (tree === null) return false;
  return [...tree.nodes.values()].some(({ kind }) => kind === 'link') || tree.copies.some(({ source }) => source.kind === 'file');
}
