import type { Finding } from '../../../../core/evidence/fact.ts';
import type { Change } from '../../../../core/ports/forge.ts';
import { readPatch } from '../../../inspection/scope/index.ts';
import { ofAssertions, refuses, scanTamper, type TamperScan } from '../../../inspection/tamper/index.ts';
import type { Job } from '../../job.ts';

/**
 * Scans a change as it was harvested, with the texts of the base beside those that the station left. `tests` are files of the
 * base whose values tell special cases in the source.
 */
export async function scanChange(
  change: Change,
  changedTexts: ReadonlyMap<string, string>,
  job: Job,
  tests: ReadonlyMap<string, string> = new Map(),
): Promise<TamperScan> {
  const files = readPatch(change.patch);
  const before = new Map<string, string>();
  for (const path of files.map((file) => file.from ?? file.path)) {
    const text = await job.needs.forge.read(job.packet.scope.repository, path);
    if (text !== null) before.set(path, text);
  }
  return scanTamper({ before, after: changedTexts, files, tests });
}

/**
 * The changes of assertions that a person may approve: all that a scan has against a change, where that is nothing else.
 * Whatever else weakens tests is not a person's to approve in passing.
 */
export function approvable({ findings }: TamperScan): readonly Finding[] {
  const against = findings.filter(refuses);
  return against.every(ofAssertions) ? against : [];
}

/** Files whose changed assertions a person approved at a gate before, in this very change. */
export function approvedFiles(scan: TamperScan, job: Job): ReadonlySet<string> {
  const asked = job.input.line.stages.filter(({ gate }) => gate?.when === 'assertions-changed');
  const isApproved = asked.some(({ id }) => job.state.results.get(id)?.output['approved'] === true);
  return new Set(isApproved ? approvable(scan).map(({ file }) => file) : []);
}
