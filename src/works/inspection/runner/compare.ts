import type { FactData, TestCounts, TestDifference, TestStatus } from '../../../core/evidence/fact.ts';
import { breakClass } from './break-class.ts';
import type { TestResult, TestRun } from './types.ts';

export type Comparison = Omit<FactData['tests'], 'command' | 'baselineFrom'>;

/**
 * Compares a run with the baseline by test id. Every id that passed in all baseline runs must be there and pass: one
 * that is missing counts as failing and is named missing, crash or timeout. Ids that failed or differed in the baseline
 * do not decide. Throws nothing; with no stable id in the baseline nothing can regress (`weakBaseline` tells).
 *
 * @example
 * compareRuns([first, second], after).regressed; // [{ id: 'a.test.js > adds', before: 'pass', after: 'fail', ... }]
 */
export function compareRuns(baseline: readonly TestRun[], after: TestRun): Comparison {
  const before = summarizeBaseline(baseline);
  const regressed = [...regressedIds(before, baseline, after), ...died(baseline, after), ...endless(baseline, after)];
  const passes = [...after.results].filter(([, result]) => result.status === 'pass').map(([id]) => id);
  const broken = new Set(before.preExisting);
  const known = new Set([...before.stable, ...before.flaky, ...before.preExisting, ...before.skipped]);
  return {
    runner: after.plan.runner,
    baseline: { ...before.counts, runs: baseline.length, flaky: before.flaky, preExisting: before.preExisting },
    after: countsOf(after.results),
    regressed,
    fixed: passes.filter((id) => broken.has(id)),
    added: [...after.results.keys()].filter((id) => !known.has(id)),
    breakClass: breakClass(regressed, `${after.process.stderr}\n${after.process.stdout}`),
  };
}

export interface BaselineSummary {
  /** Ids that passed in every run: they decide. */
  readonly stable: readonly string[];
  /** Ids whose status differs between runs, or that are missing in one. */
  readonly flaky: readonly string[];
  /** Ids that fail in every run. */
  readonly preExisting: readonly string[];
  readonly skipped: readonly string[];
  /** Of the last run. */
  readonly counts: TestCounts;
}

/** Sorts the ids of baseline runs by what they can be held to. */
export function summarizeBaseline(runs: readonly TestRun[]): BaselineSummary {
  const ids = [...new Set(runs.flatMap((run) => [...run.results.keys()]))];
  const kindOf = (id: string) => {
    const seen = new Set(runs.map((run) => verdictOn(run.results.get(id))));
    const [only] = seen;
    return seen.size === 1 && only !== undefined ? only : 'differs';
  };
  const of = (kind: string) => ids.filter((id) => kindOf(id) === kind);
  return {
    stable: of('pass'),
    flaky: of('differs'),
    preExisting: of('fail'),
    skipped: of('skip'),
    counts: countsOf(runs.at(-1)?.results ?? new Map()),
  };
}

export type WeakBaseline = { readonly code: 'no-ids' | 'none-pass' | 'none-stable' | 'not-started'; readonly message: string };

/** Says why a baseline cannot hold a change to anything; null where it can. */
export function weakBaseline(runs: readonly TestRun[]): WeakBaseline | null {
  const unstarted = runs.find((run) => run.ended === 'not-started');
  if (unstarted !== undefined)
    return { code: 'not-started', message: `the suite could not be started: ${unstarted.plan.argv.slice(0, 3).join(' ')}` };
  const { stable, flaky, counts } = summarizeBaseline(runs);
  if (stable.length > 0) return null;
  const hung = hangOf(runs);
  if (counts.total === 0)
    return { code: 'no-ids', message: `no test reported before the change: ${hung ?? runs.at(-1)?.problem ?? 'the runner found none'}` };
  if (flaky.length > 0)
    return {
      code: 'none-stable',
      message: `no test passed in all ${runs.length} runs before the change; ${flaky.length} differ between them${hung === null ? '' : `, and ${hung}`}`,
    };
  return {
    code: 'none-pass',
    message: `none of ${counts.total} tests passed before the change: ${counts.failed} failed, ${counts.skipped} were skipped${hung === null ? '' : `, and ${hung}`}`,
  };
}

/** The hang that cut a run off, with its limit and what was running then; null where all came to their end. */
function hangOf(runs: readonly TestRun[]): string | null {
  const cut = runs.find((run) => run.ended === 'timed-out');
  const exit = cut?.process.exit;
  if (cut === undefined || (exit?.kind !== 'timed-out' && exit?.kind !== 'stalled')) return null;
  const where = cut.running.length === 0 ? '' : ` in ${cut.running.slice(0, 3).join(', ')}`;
  const how = exit.kind === 'stalled' ? 'after saying nothing for' : 'at its limit of';
  return `the suite hung${where} and was ended ${how} ${exit.afterMs / 1000} s`;
}

function verdictOn(result: TestResult | undefined): 'pass' | 'fail' | 'skip' | 'missing' {
  if (result === undefined) return 'missing';
  return result.status === 'pass' || result.status === 'skip' ? result.status : 'fail';
}

function countsOf(results: TestRun['results']): TestCounts {
  const all = [...results.values()].map(verdictOn);
  const count = (kind: string) => all.filter((one) => one === kind).length;
  return { total: all.length, passed: count('pass'), failed: count('fail'), skipped: count('skip') };
}

function regressedIds(before: BaselineSummary, baseline: readonly TestRun[], after: TestRun): readonly TestDifference[] {
  return before.stable.flatMap((id) => {
    const result = after.results.get(id);
    if (result?.status === 'pass') return [];
    const file = baseline.at(-1)?.results.get(id)?.file ?? '';
    const status = result?.status ?? absence(file, after);
    const message = result?.message ?? after.results.get(file)?.message;
    return [{ id, before: 'pass' as const, after: status, ...(message === undefined ? {} : { message }) }];
  });
}

/** Why an id has no result of its own. */
function absence(file: string, after: TestRun): TestStatus {
  if (after.results.get(file)?.status === 'crash') return 'crash';
  if (after.ended === 'timed-out') return after.running.length === 0 || after.running.includes(file) ? 'timeout' : 'missing';
  return after.ended === 'complete' ? 'missing' : 'crash';
}

/** Files that die after the change and did not before, even where each of their tests had reported. */
function died(baseline: readonly TestRun[], after: TestRun): readonly TestDifference[] {
  const crashed = [...after.results].filter(([id, result]) => result.status === 'crash' && !baseline.some((run) => run.results.has(id)));
  return crashed.map(([id, { message }]) => ({
    id,
    before: 'pass' as const,
    after: 'crash' as const,
    ...(message === undefined ? {} : { message }),
  }));
}

/** A suite that ended by itself and no longer does hangs, whatever its tests say. */
function endless(baseline: readonly TestRun[], after: TestRun): readonly TestDifference[] {
  if (after.ended !== 'timed-out' || baseline.some((run) => run.ended === 'timed-out')) return [];
  const where = after.running.length === 0 ? '' : ` Running: ${after.running.join(', ')}.`;
  return [
    {
      id: '(the suite comes to its end)',
      before: 'pass',
      after: 'timeout',
      message: `The run was cut off after ${after.process.durationMs} ms.${where}`,
    },
  ];
}
