import { fact, type BlobRef, type FactOf, type TestDifference, type TestStatus } from '../../../../core/evidence/fact.ts';
import type { KeptReproduction } from '../../../inspection/reproduction/index.ts';
import type { TestRun } from '../../../inspection/runner/index.ts';
import type { Inspected } from './inspected.ts';

/** Tells whether a test of the reproduction does not pass in a run. */
export function hasFailing(reproduction: KeptReproduction, run: TestRun): boolean {
  return idsOf(reproduction).some((id) => statusIn(run, id) !== 'pass');
}

/**
 * Says whether every test of the reproduction passes in every run after the change. What was held out is counted and not
 * named: what is said here is told to the station that tries again.
 */
export function fixedFacts(
  { reproduction }: Pick<Inspected, 'reproduction'>,
  runs: readonly TestRun[],
  logs: readonly BlobRef[],
): readonly FactOf<'fixed'>[] {
  if (reproduction === null) return [];
  const ids = idsOf(reproduction);
  const failing = ids.flatMap((id): TestDifference[] => {
    const run = runs.find((each) => statusIn(each, id) !== 'pass');
    if (run === undefined) return [];
    const message = run.results.get(id)?.message;
    const before = reproduction.controls.includes(id) ? 'pass' : 'fail';
    return [{ id, before, after: statusIn(run, id), ...(message === undefined ? {} : { message }) }];
  });
  const heldOut = reproduction.heldOut.length;
  const data = { runs: runs.length, passed: ids.length - failing.length, heldOut, failing };
  const times = runs.length === 1 ? 'once' : `${runs.length} times`;
  const seen = heldOut === 0 ? '' : `, ${heldOut} of them held out`;
  if (failing.length === 0)
    return [
      fact(
        'fixed',
        'holds',
        'fixed',
        `All ${ids.length} tests of the reproduction pass after the change, ${times}${seen}; on the base they fail.`,
        data,
        logs,
      ),
    ];
  return [fact('fixed', 'broken', 'not-fixed', notFixed(reproduction, failing), data, logs)];
}

function notFixed({ heldOut }: KeptReproduction, failing: readonly TestDifference[]): string {
  const named = failing
    .filter(({ id }) => !heldOut.includes(id))
    .map(({ id, message = '' }) => `${id}: ${(message.split('\n')[0] ?? '').slice(0, 200)}`);
  const hidden = failing.length - named.length;
  const unseen =
    hidden === 0 ? [] : [`${hidden} that the station was not shown, so that the change mends the shown values and not the fault`];
  return `The change does not mend what the ticket reports. Still failing: ${[...named, ...unseen].join('; ')}.`;
}

function idsOf({ shown, heldOut, controls }: KeptReproduction): readonly string[] {
  return [...shown.map(({ id }) => id), ...heldOut, ...controls];
}

function statusIn(run: TestRun, id: string): TestStatus {
  return run.results.get(id)?.status ?? 'missing';
}
