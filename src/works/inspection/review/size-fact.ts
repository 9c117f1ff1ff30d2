import { fact, type FactOf, type Finding } from '../../../core/evidence/fact.ts';
import type { Change } from '../../../core/ports/forge.ts';
import type { PatchFile } from '../scope/index.ts';
import { isReviewable } from './kinds-of-files.ts';

/** More files than this are not read one by one: nobody reviews them either. */
const mostFiles = 2000;
/** What a person can still be expected to read with care. */
const readable = { files: 60, lines: 800 };

/** Says whether the change can be read; one of too many files blocks, because nothing else is said of it. */
export function sizeFact({ files }: Pick<Change, 'files'>, patched: readonly PatchFile[]): FactOf<'size'> {
  const counted = files.filter(({ path }) => isReviewable(path));
  const sum = (side: 'added' | 'removed'): number => counted.reduce((lines, file) => lines + file[side], 0);
  const binaries = patched.filter(({ binary, status }) => binary && status !== 'deleted').map(({ path }) => path);
  const findings: readonly Finding[] = binaries.map((file) => ({
    rule: 'binary-file',
    file,
    line: 1,
    weight: 'note',
    message: 'a binary file, which nobody can read as a difference',
  }));
  const data = { files: files.length, added: sum('added'), removed: sum('removed'), findings };
  const size = `${files.length} files, +${data.added} -${data.removed} lines`;
  if (files.length > mostFiles) {
    const why = `The change touches ${files.length} files, more than the ${mostFiles} that are looked at one by one. Only the added lines were searched for secrets; nothing was run.`;
    return fact('size', 'broken', 'too-large', why, {
      ...data,
      findings: [{ rule: 'too-large', file: '', line: 0, weight: 'blocks', message: why }],
    });
  }
  if (counted.length <= readable.files && data.added + data.removed <= readable.lines)
    return fact('size', 'holds', 'readable', `${size}, without what tools write.`, data);
  const why = `${size}: more than a person reads with care (${readable.files} files, ${readable.lines} lines).`;
  return fact('size', 'broken', 'large', why, {
    ...data,
    findings: [{ rule: 'large', file: '', line: 0, weight: 'note', message: why }, ...findings],
  });
}
