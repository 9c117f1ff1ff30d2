import type { Finding } from '../../../core/evidence/fact.ts';
import { protectedPath } from '../sealed/index.ts';
import type { ProtectedKind } from '../sealed/index.ts';
import type { PatchFile } from '../scope/index.ts';
import { finding } from './finding.ts';
import type { TamperRule } from './rules.ts';
import { languageOf } from './syntax.ts';

/** Contents of the changed files on both sides, by path. */
export interface Sides {
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

/** What the place of a changed file alone says against the change. */
export function scanPaths(files: readonly PatchFile[], sides: Sides): readonly Finding[] {
  return files
    .flatMap((file) =>
      file.from === null
        ? [file]
        : [
            { ...file, path: file.from, status: 'deleted' as const },
            { ...file, status: 'added' as const },
          ],
    )
    .flatMap((file) => scanPath(file, sides));
}

const always: Readonly<Partial<Record<ProtectedKind, TamperRule>>> = {
  'unsafe-path': 'unsafe-path',
  'installed-package': 'installed-package-changed',
  mock: 'mock-changed',
  'runner-config': 'runner-config-changed',
  ci: 'ci-changed',
  hook: 'hook-changed',
  'npm-config': 'npm-config-changed',
};

function scanPath(file: PatchFile, sides: Sides): readonly Finding[] {
  const kind = protectedPath(file.path, null);
  if (kind === null) return [];
  const rule = always[kind];
  if (rule !== undefined) return [finding(rule, file.path, 1, `${file.path} was ${file.status}`)];
  if (file.status === 'added') return [];
  if (kind === 'test')
    return file.status === 'deleted' && !hasMoved(file.path, sides) ? [finding('test-file-deleted', file.path, 1, file.path)] : [];
  if (kind === 'fixture') return [finding('fixture-changed', file.path, 1, `${file.path} was ${file.status}`)];
  return overwritten(file.path, sides).map((what) => finding('snapshot-changed', file.path, 1, what));
}

/** A test file that came to stand, byte for byte, under another name of a test. */
function hasMoved(path: string, sides: Sides): boolean {
  const text = sides.before.get(path);
  return (
    text !== undefined &&
    [...sides.after].some(
      ([other, now]) => now === text && !sides.before.has(other) && languageOf(other) === 'script' && protectedPath(other, null) === 'test',
    )
  );
}

/** Recorded entries that are gone or other than they were; entries of new tests may come. */
function overwritten(path: string, sides: Sides): readonly string[] {
  const before = sides.before.get(path);
  const after = sides.after.get(path);
  if (before === undefined || after === undefined) return [`${path} was overwritten or removed`];
  const now = entries(after);
  return [...entries(before)].filter(([name, value]) => now.get(name) !== value).map(([name]) => (name === '' ? path : name));
}

/** `exports[`name`] = `value`;` of jest, vitest and tap; any other format is one entry. */
function entries(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^exports\[`/m);
  if (parts.length === 1) return new Map([['', text]]);
  return new Map(
    parts.slice(1).map((part) => {
      const end = part.indexOf('`] = ');
      return [part.slice(0, end), part.slice(end).trimEnd()];
    }),
  );
}
