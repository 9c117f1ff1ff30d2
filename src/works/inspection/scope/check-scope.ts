import { fact } from '../../../core/evidence/fact.ts';
import type { FactData, FactOf } from '../../../core/evidence/fact.ts';
import type { TaskPacket } from '../../../core/packet/packet.ts';
import type { Change } from '../../../core/ports/forge.ts';
import { globMatcher } from './glob.ts';
import { readPatch } from './patch.ts';
import type { PatchFile } from './patch.ts';
import { pathFault } from './path.ts';

type Scope = Pick<TaskPacket['scope'], 'paths' | 'protectedPaths'>;

/**
 * Compares every path of a change with the packet's globs. Protected globs win, whatever the case of the letters.
 * Reads the patch as well as the list of files, so that old names of renames, links, submodules and changed modes
 * are seen; what is outside is listed with the reason.
 *
 * @example
 * checkScope(change, packet.scope).outside; // ['.github/workflows/ci.yml (protected)']
 */
export function checkScope(change: Change, scope: Scope): FactData['scope'] {
  const touched = readPatch(change.patch);
  const paths = [...new Set([...change.files.map((file) => file.path), ...touched.flatMap(bothPaths)])].sort();
  const pathReason = reasonsByPath(scope);
  const outside = paths.flatMap((path) => {
    const reason = pathReason(path) ?? fileReason(touched.find((file) => file.path === path));
    return reason === null ? [] : [`${path} (${reason})`];
  });
  return { files: paths, outside };
}

/** The scope of a change as a fact; a change without files is unknown, never within scope. */
export function scopeFact(change: Change, scope: Scope): FactOf<'scope'> {
  const data = checkScope(change, scope);
  const { files, outside } = data;
  if (files.length === 0) return fact('scope', 'unknown', 'no-files', 'The change names no file, so there was nothing to compare.', data);
  if (outside.length === 0)
    return fact(
      'scope',
      'holds',
      'within-scope',
      `Within the packet's scope: ${files.slice(0, 5).join(', ')}${files.length > 5 ? ` and ${files.length - 5} more` : ''}.`,
      data,
    );
  const named = outside.slice(0, 5).join(', ');
  return fact(
    'scope',
    'broken',
    'out-of-scope',
    `${outside.length} of ${files.length} changed files are outside the packet's scope: ${named}.`,
    data,
  );
}

function bothPaths(file: PatchFile): readonly string[] {
  return file.from === null ? [file.path] : [file.from, file.path];
}

function reasonsByPath(scope: Scope): (path: string) => string | null {
  const isProtected = globMatcher(scope.protectedPaths, { ignoreCase: true });
  const isAllowed = globMatcher(scope.paths, { ignoreCase: false });
  return (path) => {
    const fault = pathFault(path);
    if (fault !== null) return fault;
    // Decomposed letters reach the same file on some systems; compare as written and as composed.
    if (isProtected(path) || isProtected(path.normalize('NFC'))) return 'protected';
    return isAllowed(path) ? null : 'not in scope';
  };
}

function fileReason(file: PatchFile | undefined): string | null {
  if (file === undefined || file.status === 'deleted') return null;
  if (file.newMode === '120000') return 'symbolic link';
  if (file.newMode === '160000') return 'submodule';
  const changesMode = file.oldMode !== null && file.newMode !== null && file.oldMode !== file.newMode;
  return changesMode ? `mode ${file.oldMode} becomes ${file.newMode}` : null;
}
