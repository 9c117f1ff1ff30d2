import type { TestRun } from '../inspection/runner/index.ts';
import { outcomeOf } from './outcome.ts';
import { testIn, type Tally } from './tally.ts';

/** Tests that passed in some runs and failed in others: at the base, or in the modes so far; those that changed most come first. */
export function changing(baseline: readonly TestRun[], tallies: readonly Tally[], fileOf: (id: string) => string): readonly string[] {
  const ids = new Set([
    ...baseline.flatMap((run) => [...run.results].filter(([, { status }]) => status !== 'crash').map(([id]) => id)),
    ...tallies.flatMap(({ tests }) => tests.map(({ id }) => id)),
  ]);
  const counts = [...ids].map((id) => {
    const seen = baseline.map((run) => outcomeOf(run, id, fileOf(id)).kind);
    const counted = tallies.flatMap((tally) => testIn(tally, id) ?? []);
    const sum = (of: 'runs' | 'failures'): number => counted.reduce((all, test) => all + test[of], 0);
    const failures = seen.filter((kind) => kind === 'fail').length + sum('failures');
    const runs = seen.filter((kind) => kind !== 'unseen').length + sum('runs');
    return { id, failures, passes: runs - failures };
  });
  return counts
    .filter(({ failures, passes }) => failures > 0 && passes > 0)
    .sort((left, right) => Math.min(right.failures, right.passes) - Math.min(left.failures, left.passes) || (left.id < right.id ? -1 : 1))
    .map(({ id }) => id);
}
