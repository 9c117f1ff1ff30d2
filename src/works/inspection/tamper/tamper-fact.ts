import { fact } from '../../../core/evidence/fact.ts';
import type { FactOf } from '../../../core/evidence/fact.ts';
import { ofAssertions, refuses } from './rules.ts';
import type { TamperScan } from './scan-tamper.ts';

/** The scan as a fact; `approved` are files whose changed assertions a person approved. A scan that saw nothing, or not all it should have, is unknown and never holds. */
export function tamperFact(scan: TamperScan, approved: ReadonlySet<string> = new Set()): FactOf<'tamper'> {
  const { findings, filesScanned, unread } = scan;
  const data = { findings, filesScanned };
  const against = findings.filter((found) => refuses(found) && !(ofAssertions(found) && approved.has(found.file)));
  const [first] = against;
  if (first !== undefined)
    return fact(
      'tamper',
      'broken',
      'tampered',
      `${against.length} finding(s) against the change, first in ${first.file}:${first.line}: ${first.message}`,
      data,
    );
  if (unread.length > 0)
    return fact(
      'tamper',
      'unknown',
      'not-scanned',
      `${unread.length} changed file(s) could not be scanned: ${unread.slice(0, 5).join(', ')}.`,
      data,
    );
  if (filesScanned === 0) return fact('tamper', 'unknown', 'nothing-scanned', 'No changed file was scanned.', data);
  const by = approved.size === 0 ? '' : ` A person approved the changed assertions of ${[...approved].join(', ')}.`;
  const notes = findings.length === 0 ? '' : ` ${findings.length} remark(s) for the reader.`;
  return fact(
    'tamper',
    'holds',
    'not-tampered',
    `Nothing in ${filesScanned} changed file(s) weakens tests or works against them.${by}${notes}`,
    data,
  );
}
