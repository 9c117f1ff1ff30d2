import { fact, type BlobRef, type FactOf, type TestStatus } from '../../../core/evidence/fact.ts';
import { compareRuns, weakBaseline, type TestRun } from '../runner/index.ts';
import { count, listed } from './words.ts';

export interface TestComparison {
  readonly baseline: readonly TestRun[];
  readonly after: TestRun;
  /** Run whose baseline was taken over, or null. */
  readonly baselineFrom: string | null;
  /** Ids that failed once after the change and passed when the suite was run again. */
  readonly recovered: readonly string[];
  readonly logs: readonly BlobRef[];
}

/** Says whether every id that passed stably before is there and passes. */
export function testsFact({ baseline, after, baselineFrom, recovered, logs }: TestComparison): FactOf<'tests'> {
  const compared = compareRuns(baseline, after);
  const data = { ...compared, command: after.plan.argv.join(' '), baselineFrom };
  const weak = weakBaseline(baseline);
  if (weak !== null) return fact('tests', 'unknown', 'weak-baseline', `Nothing can be shown: ${weak.message}.`, data, logs);
  const { regressed, fixed, breakClass } = compared;
  const stable = compared.baseline.passed - compared.baseline.flaky.length;
  if (regressed.length === 0) {
    const also = fixed.length === 0 ? '' : ` ${count(fixed, 'id')} that failed before ${fixed.length === 1 ? 'passes' : 'pass'} now.`;
    const unsteady = recovered.length === 0 ? '' : ` Failed once and passed when run again: ${listed(recovered, 3)}.`;
    return fact(
      'tests',
      'holds',
      'tests-hold',
      `All ${Math.max(stable, 0)} test ids that passed before pass after (${after.plan.runner}).${also}${unsteady}`,
      data,
      logs,
    );
  }
  const named = regressed.map(({ id, after: now }) => `${id} (${now})`);
  const kind = breakClass === null ? '' : ` Break: ${breakClass}.`;
  const first = regressed[0]?.message?.split('\n')[0];
  const says = first === undefined ? '' : ` First: ${first.slice(0, 200)}`;
  return fact(
    'tests',
    'broken',
    'tests-regressed',
    `${count(regressed, 'test id')} that passed before ${regressed.length === 1 ? 'does' : 'do'} not: ${listed(named, 3)}.${kind}${says}`,
    data,
    logs,
  );
}

/**
 * Says whether the test that must fail was reported as failed: whether the run can be believed at all. `onBase` is what
 * became of the same canary on the base; where it could not report there, its silence says nothing.
 */
export function canaryFact(run: TestRun, onBase: TestStatus | null): FactOf<'canary'> {
  const report = run.canary;
  if (report === null) return fact('canary', 'unknown', 'no-canary', 'No canary was laid in.', { reported: 'missing', file: '' });
  const data = { reported: report.reported, file: report.file };
  if (report.reported === 'fail')
    return fact('canary', 'holds', 'canary-failed', `The canary ${report.file} was reported as failed, as it must be.`, data);
  // A run that died or hung says nothing of the canary; the tests fact tells what happened.
  if (run.ended !== 'complete')
    return fact('canary', 'unknown', 'canary-unseen', `The run ended ${run.ended}, so the canary could not report.`, data);
  if (onBase !== 'fail')
    return fact(
      'canary',
      'unknown',
      'canary-unfit',
      `The canary cannot report in this suite: on the base it was "${onBase ?? 'absent'}" too.`,
      data,
    );
  const seen = report.suspicious.map(({ id, reported }) => `${id} (${reported})`);
  return fact(
    'canary',
    'broken',
    'canary-silent',
    `A test that must fail did not: ${listed(seen, 3)}. The suite's results cannot be believed.`,
    data,
  );
}
