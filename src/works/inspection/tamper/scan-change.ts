import type { RepositorySnapshot } from '../../../core/packet/seed.ts';
import type { Change, Forge } from '../../../core/ports/forge.ts';
import { readPatch } from '../scope/index.ts';
import { scanTamper, type TamperScan } from './scan-tamper.ts';

/** Where the base of a change is read. */
export interface BaseOfChange {
  readonly forge: Pick<Forge, 'read'>;
  readonly repository: RepositorySnapshot;
}

/**
 * Scans a change, with the texts of the base beside those that it leaves. `tests` are files of the base whose values tell
 * special cases in the source.
 */
export async function scanChange(
  { forge, repository }: BaseOfChange,
  { patch }: Pick<Change, 'patch'>,
  changedTexts: ReadonlyMap<string, string>,
  tests: ReadonlyMap<string, string> = new Map(),
): Promise<TamperScan> {
  const files = readPatch(patch);
  const read = files.map(async ({ from, path }) => [from ?? path, await forge.read(repository, from ?? path)] as const);
  const before = new Map((await Promise.all(read)).flatMap(([path, text]) => (text === null ? [] : [[path, text] as const])));
  return scanTamper({ before, after: changedTexts, files, tests });
}
