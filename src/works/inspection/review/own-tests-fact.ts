import { fact, type BlobRef, type FactOf, type Finding, type TestStatus } from '../../../core/evidence/fact.ts';
import { summarizeBaseline, type BaselineSummary, type TestRun } from '../runner/index.ts';

/** The suite of a branch as the factory ran it. */
export interface OwnSuite {
  /** Runs of one tree, the first with a canary in it; more than one where something failed. */
  readonly runs: readonly [TestRun, ...TestRun[]];
  readonly baseline: readonly TestRun[];
  /** What became of the canary on the base. */
  readonly canaryOnBase: TestStatus | null;
  readonly logs: readonly BlobRef[];
}

/** Says whether the suite that a branch brings passes. What failed before, or fails in one of two runs, does not decide. */
export function ownTestsFact(suite: OwnSuite): FactOf<'own-tests'> {
  const { runs, baseline, logs } = suite;
  const [first] = runs;
  const before = summarizeBaseline(baseline);
  const findings = [...failures(runs, before), ...ofTheRun(suite), ...notes(first, before)];
  const counts = countsOf(first);
  const data = { command: first.plan.argv.join(' '), runs: runs.length, after: counts, canary: first.canary?.reported ?? null, findings };
  const against = findings.filter(({ weight }) => weight === 'blocks');
  const [worst] = against;
  if (worst !== undefined)
    return fact(
      'own-tests',
      'broken',
      worst.rule,
      `${against.length} finding(s) in the suite of the branch, first: ${worst.file}: ${worst.message}`,
      data,
      logs,
    );
  if (counts.passed === 0) return fact('own-tests', 'unknown', 'no-test-passes', 'No test of the suite of the branch passes.', data, logs);
  const notable = findings.length === 0 ? '' : ` ${findings.length} remark(s) for the reader.`;
  return fact(
    'own-tests',
    'holds',
    'own-tests-pass',
    `${counts.passed} tests of the branch pass (${first.plan.runner}).${notable}`,
    data,
    logs,
  );
}

/** The branch brings nothing that could be run: what that means depends on whether there was something before. */
export function noOwnSuite(message: string, hadSuite: boolean): FactOf<'own-tests'> {
  const why = `The suite of the branch cannot be run by test id: ${message}.`;
  const finding: Finding = { rule: 'no-suite', file: '', line: 0, message: why, weight: hadSuite ? 'blocks' : 'note' };
  const after = { total: 0, passed: 0, failed: 0, skipped: 0 };
  return fact('own-tests', hadSuite ? 'broken' : 'unknown', 'no-suite', why, {
    command: '',
    runs: 0,
    after,
    canary: null,
    findings: [finding],
  });
}

const failing: ReadonlySet<TestStatus> = new Set<TestStatus>(['fail', 'crash', 'timeout']);

/** Tests that did not fail before: what fails in every run blocks, what fails in one is told. */
function failures(runs: OwnSuite['runs'], { preExisting, flaky }: BaselineSummary): readonly Finding[] {
  const known = new Set([...preExisting, ...flaky]);
  const fails = (run: TestRun, id: string): boolean => failing.has(run.results.get(id)?.status ?? 'missing');
  return [...runs[0].results]
    .filter(([id]) => !known.has(id) && fails(runs[0], id))
    .map(([id, { status, message = '' }]) => {
      const said = message === '' ? '' : `: ${(message.split('\n')[0] ?? '').slice(0, 200)}`;
      const steady = runs.every((run) => fails(run, id));
      const found = { file: fileOf(id), line: 1, message: `${status}${steady ? '' : ` once, and not when run again`}: ${id}${said}` };
      return steady ? { rule: 'own-test-fails', ...found, weight: 'blocks' } : { rule: 'own-test-unsteady', ...found, weight: 'note' };
    });
}

/** What speaks against the run itself. */
function ofTheRun({ runs: [first], canaryOnBase }: OwnSuite): readonly Finding[] {
  const about = (rule: string, message: string): Finding => ({ rule, file: '', line: 0, weight: 'blocks', message });
  if (first.ended === 'timed-out') return [about('suite-hangs', 'the suite of the branch does not come to its end')];
  if (first.ended === 'not-started') return [about('no-suite', 'the suite of the branch could not be started')];
  const { canary } = first;
  if (first.ended !== 'complete' || canary === null || canary.reported === 'fail' || canaryOnBase !== 'fail') return [];
  return [about('canary-silent', `a test that must fail was reported as "${canary.reported}": this suite cannot fail`)];
}

/** What was tested before and is not now. */
function notes({ results, ended }: TestRun, { stable, skipped }: BaselineSummary): readonly Finding[] {
  const note = (rule: string, id: string, message: string): Finding => ({ rule, file: fileOf(id), line: 1, weight: 'note', message });
  const wasSkipped = new Set(skipped);
  const gone = ended === 'complete' ? stable.filter((id) => !results.has(id)) : [];
  const idle = [...results].filter(([id, { status }]) => status === 'skip' && !wasSkipped.has(id)).map(([id]) => id);
  return [
    ...gone.map((id) => note('test-gone', id, `passed before and is no longer in the suite: ${id}`)),
    ...idle.map((id) => note('test-skipped', id, `is skipped: ${id}`)),
  ];
}

function countsOf({ results }: TestRun): FactOf<'own-tests'>['data']['after'] {
  const all = [...results.values()];
  const of = (status: TestStatus): number => all.filter((result) => result.status === status).length;
  return { total: all.length, passed: of('pass'), failed: all.filter(({ status }) => failing.has(status)).length, skipped: of('skip') };
}

function fileOf(id: string): string {
  return id.split(' > ')[0] ?? '';
}
