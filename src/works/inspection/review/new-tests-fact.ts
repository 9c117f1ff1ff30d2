import { fact, type BlobRef, type FactOf, type Finding, type TestStatus } from '../../../core/evidence/fact.ts';
import type { TestRun } from '../runner/index.ts';

/** Ids that pass in the suite of a branch and that no run of the base knows: neither as they are, nor under another file's name. */
export function newTestsOf(own: TestRun, baseline: readonly TestRun[]): readonly string[] {
  const known = new Set(baseline.flatMap((run) => [...run.results.keys()]));
  const titles = new Set([...known].map(titleOf));
  return [...own.results].filter(([id, { status }]) => status === 'pass' && !known.has(id) && !titles.has(titleOf(id))).map(([id]) => id);
}

export interface OldSource {
  readonly ids: readonly string[];
  /** The run of the new tests on the old source. */
  readonly run: TestRun;
  readonly canaryOnBase: TestStatus | null;
  /** Texts of the test files as the branch has them, by path as the runner names it. */
  readonly texts: ReadonlyMap<string, string>;
  readonly logs: readonly BlobRef[];
}

/**
 * Says whether new tests fail on the old source. One that passes there shows nothing of the change and is told; where all
 * of them do, nothing shows it.
 */
export function newTestsFact({ ids, run, canaryOnBase, texts, logs }: OldSource): FactOf<'new-tests'> {
  const did = (id: string): TestStatus => run.results.get(id)?.status ?? 'missing';
  const of = (...statuses: readonly TestStatus[]): readonly string[] => ids.filter((id) => statuses.includes(did(id)));
  const sorted = { passing: of('pass'), failing: of('fail', 'timeout'), notRun: of('missing', 'crash', 'skip') };
  const { passing, failing, notRun } = sorted;
  const none = failing.length + notRun.length === 0;
  const findings = passing.map((id): Finding => ({
    rule: 'new-test-passes-before',
    ...placeOf(id, texts),
    weight: none ? 'blocks' : 'note',
    message: `passes on the old source too, so that it shows nothing of the change: ${id}`,
  }));
  const data = { ...sorted, findings };
  if (canaryOnBase === 'fail' && run.ended === 'complete' && run.canary?.reported !== 'fail')
    return fact(
      'new-tests',
      'unknown',
      'canary-silent',
      'With the new tests a test that must fail did not, so that nothing can be said of them.',
      data,
      logs,
    );
  if (failing.length + passing.length === 0 && run.ended !== 'complete')
    return fact(
      'new-tests',
      'unknown',
      'not-run',
      `The suite of the old source does not run with the new tests in it: it ${run.ended}.`,
      data,
      logs,
    );
  if (none)
    return fact(
      'new-tests',
      'broken',
      'new-tests-show-nothing',
      `All ${ids.length} new tests pass on the old source too: nothing shows what the change does.`,
      data,
      logs,
    );
  const also = passing.length === 0 ? '' : ` ${passing.length} pass there too.`;
  const unloaded = notRun.length === 0 ? '' : ` ${notRun.length} of them do not load there.`;
  return fact(
    'new-tests',
    'holds',
    'new-tests-fail-before',
    `${failing.length + notRun.length} of ${ids.length} new tests fail on the old source.${unloaded}${also}`,
    data,
    logs,
  );
}

/** Why there was nothing to run on the old source. */
export function noNewTests(why: 'no-source-change' | 'no-new-test' | 'not-run', message: string): FactOf<'new-tests'> {
  const data = { failing: [], notRun: [], passing: [] };
  if (why === 'no-source-change') return fact('new-tests', 'holds', why, message, { ...data, findings: [] });
  return fact('new-tests', 'unknown', why, message, { ...data, findings: [{ rule: why, file: '', line: 0, weight: 'note', message }] });
}

function titleOf(id: string): string {
  return id.slice(id.indexOf(' > '));
}

/** The line that names the test, where one does. */
function placeOf(id: string, texts: ReadonlyMap<string, string>): Pick<Finding, 'file' | 'line'> {
  const [file = '', ...titles] = id.split(' > ');
  const lines = (texts.get(file) ?? '').split('\n');
  const title = titles.at(-1) ?? '';
  return { file, line: Math.max(1, lines.findIndex((line) => title !== '' && line.includes(title)) + 1) };
}
