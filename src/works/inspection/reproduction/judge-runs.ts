import { breakClass, compareRuns, type TestResult, type TestRun } from '../runner/index.ts';

/** What runs of one and the same tree, with the tests of a reproduction in it, say. */
export interface JudgedRuns {
  readonly tests: readonly JudgedTest[];
  /** Why the runs say nothing that counts; null where they do. */
  readonly objection: { readonly code: string; readonly why: string } | null;
}

export interface JudgedTest {
  readonly id: string;
  /** `fails` and `passes` are what it did in every run. */
  readonly did: 'fails' | 'passes' | 'skipped' | 'broken' | 'differs';
  /** First lines of what the runner said of it in the first run. */
  readonly message: string;
  /** Sort of its message: 'assertion', 'export changed'; null for none that is known. */
  readonly class: string | null;
}

/**
 * Sorts the tests that were not there at the base by what they did in every run. That the suite around them is as it was,
 * and that it can fail, is asked first: tests that disturb others show nothing.
 */
export function judgeRuns(baseline: readonly TestRun[], runs: readonly TestRun[], canaryOnBase: string | null): JudgedRuns {
  const known = new Set(baseline.flatMap((run) => [...run.results.keys()]));
  const ids = [...new Set(runs.flatMap((run) => [...run.results.keys()]))].filter((id) => !known.has(id));
  const tests = ids.map((id) => judgeTest(id, runs));
  return { tests, objection: disturbed(baseline, runs, canaryOnBase) };
}

function disturbed(baseline: readonly TestRun[], runs: readonly TestRun[], canaryOnBase: string | null): JudgedRuns['objection'] {
  const cut = runs.find(({ ended }) => ended !== 'complete');
  if (cut !== undefined && baseline.every(({ ended }) => ended === 'complete'))
    return { code: 'reproduction-disturbs', why: `with them the suite does not come to its end: it ${cut.ended}` };
  const silent = runs.find(({ canary }) => canary !== null && canary.reported !== 'fail');
  if (silent !== undefined && canaryOnBase === 'fail')
    return { code: 'canary-silent', why: `with them a test that must fail was reported as "${silent.canary?.reported ?? 'missing'}"` };
  const others = runs.map((run) =>
    compareRuns(baseline, run).regressed.filter(({ before }) => before === 'pass' && isKnown(baseline, run)),
  );
  // What fails in every run fails by them; what fails once may be chance.
  const always = others[0]?.filter(({ id }) => others.every((each) => each.some((other) => other.id === id))) ?? [];
  const hurt = always.find(({ id }) => baseline.some((run) => run.results.has(id)));
  return hurt === undefined ? null : { code: 'reproduction-disturbs', why: `with them "${hurt.id}" fails, which passes without` };
}

function isKnown(baseline: readonly TestRun[], run: TestRun): boolean {
  return baseline.length > 0 && run.results.size > 0;
}

function judgeTest(id: string, runs: readonly TestRun[]): JudgedTest {
  const results = runs.map((run) => run.results.get(id));
  const message = results[0]?.message ?? '';
  const sorts = new Set(results.map(sortOf));
  const classes = new Set(results.map((result) => classOf(id, result)));
  const [sort = 'broken'] = sorts;
  const steady = sorts.size === 1 && (sort !== 'fails' || classes.size === 1);
  return { id, did: steady ? sort : 'differs', message, class: classOf(id, results[0]) };
}

function sortOf(result: TestResult | undefined): 'fails' | 'passes' | 'skipped' | 'broken' {
  if (result === undefined) return 'broken';
  if (result.status === 'skip') return 'skipped';
  return result.status === 'pass' ? 'passes' : result.status === 'fail' ? 'fails' : 'broken';
}

function classOf(id: string, result: TestResult | undefined): string | null {
  if (result === undefined) return null;
  const { status, message = '' } = result;
  return breakClass([{ id, before: 'pass', after: status, message }], '');
}
