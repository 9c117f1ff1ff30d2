import type { Change } from '../../../core/ports/forge.ts';
import type { TestPlan } from '../runner/types.ts';
import { readPatch } from '../scope/index.ts';
import type { PatchFile } from '../scope/index.ts';
import { protectedPath, protectedStatements } from './protected-path.ts';
import type { ProtectedKind } from './protected-path.ts';

/** A part of a change that was not taken over, so nothing that was run speaks for it. */
export interface Withheld {
  readonly path: string;
  readonly kind: ProtectedKind | 'link' | 'manifest' | 'lock';
  readonly why: string;
}

/** Which part of a change is laid over the clean base. */
export interface SealedPart {
  /** Files taken over as they are. */
  readonly apply: ReadonlySet<string>;
  /** Manifests and lockfiles, of which only the moves of packages are taken over. */
  readonly merge: ReadonlySet<string>;
  readonly withheld: readonly Withheld[];
}

/**
 * Divides a change into what is taken over, what is taken over in part, and what is withheld. Reads no file.
 *
 * @param plan How the tests are run; its files are protected wherever they are.
 */
export function sealChange(change: Change, plan: Pick<TestPlan, 'directory' | 'files'> | null): SealedPart {
  const apply = new Set<string>();
  const merge = new Set<string>();
  const withheld: Withheld[] = [];
  const patched = readPatch(change.patch);
  const listed = change.files.filter((file) => !patched.some(({ path }) => path === file.path)).map(withoutPatch);
  for (const file of [...patched, ...listed]) {
    const objection = objectionTo(file, plan);
    if (objection !== null) withheld.push(objection);
    else if (isManifest(file.path) || isLock(file.path)) merge.add(file.path);
    else for (const path of [file.path, ...(file.from === null ? [] : [file.from])]) apply.add(path);
  }
  return { apply, merge, withheld };
}

/** Tells a package manifest by its path. */
export function isManifest(path: string): boolean {
  return /(?:^|\/)package\.json$/i.test(path);
}

/** Tells an npm lockfile by its path. */
export function isLock(path: string): boolean {
  return /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/i.test(path);
}

function objectionTo(file: PatchFile, plan: Pick<TestPlan, 'directory' | 'files'> | null): Withheld | null {
  const { path } = file;
  for (const side of file.from === null ? [path] : [file.from, path]) {
    const kind = protectedPath(side, plan);
    if (kind !== null) return { path, kind, why: `${side} is ${protectedStatements[kind]}` };
  }
  if (file.newMode === '120000') return { path, kind: 'link', why: 'a symbolic link' };
  if (file.newMode === '160000') return { path, kind: 'link', why: 'a submodule' };
  if (isManifest(path) && file.status !== 'modified')
    return { path, kind: 'manifest', why: `a package.json is ${file.status}, which changes how the files beside it are read` };
  if (isLock(path) && file.status === 'deleted') return { path, kind: 'lock', why: 'the lockfile is deleted' };
  return null;
}

function withoutPatch(file: Change['files'][number]): PatchFile {
  return { path: file.path, from: null, status: file.status, oldMode: null, newMode: null, binary: false, added: [] };
}
