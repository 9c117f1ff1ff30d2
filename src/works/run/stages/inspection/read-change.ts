import type { Finding } from '../../../../core/evidence/fact.ts';
import { ofAssertions, refuses, type TamperScan } from '../../../inspection/tamper/index.ts';
import type { Job } from '../../job.ts';

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
