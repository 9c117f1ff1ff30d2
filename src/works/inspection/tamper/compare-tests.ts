import type { Finding } from '../../../core/evidence/fact.ts';
import { compareAllAssertions } from './compare-assertions.ts';
import { finding } from './finding.ts';
import type { TestCase, TestFile } from './test-cases.ts';

/** The tests of all changed files on one side of a change, by path. */
export type TestSide = ReadonlyMap<string, TestFile>;

interface Placed {
  readonly file: string;
  readonly test: TestCase;
}

/** Compares the tests of the changed files before and after; added tests are no finding. */
export function compareTests(before: TestSide, after: TestSide): readonly Finding[] {
  const fresh = placed(after);
  const pairs: [Placed, Placed][] = [];
  const gone = placed(before).filter((old) => {
    const now = takeSame(old, fresh);
    if (now !== undefined) pairs.push([old, now]);
    return now === undefined;
  });
  return [
    ...gone.map((old) => goneFinding(old, fresh)),
    ...pairs.flatMap(([old, now]) => compareCase(old.test, now)),
    ...fresh.filter(({ test }) => test.only).map(({ file, test }) => finding('test-only', file, test.line, test.title)),
    ...[...before].flatMap(([path, file]) => compareOutside(path, file, after.get(path))),
  ];
}

function placed(side: TestSide): Placed[] {
  return [...side].flatMap(([file, { cases }]) => cases.map((test) => ({ file, test })));
}

/** The test of the same title: in the same file if there is one, else wherever it went. */
function takeSame(old: Placed, fresh: Placed[]): Placed | undefined {
  const sameFile = fresh.findIndex((now) => now.file === old.file && now.test.title === old.test.title);
  const index = sameFile === -1 ? fresh.findIndex((now) => now.test.title === old.test.title) : sameFile;
  return index === -1 ? undefined : fresh.splice(index, 1)[0];
}

function goneFinding(old: Placed, fresh: readonly Placed[]): Finding {
  const renamed = fresh.find((now) => now.test.body !== null && now.test.body === old.test.body && !now.test.skipped);
  if (renamed === undefined) return finding('test-deleted', old.file, old.test.line, old.test.title);
  return finding('test-renamed', renamed.file, renamed.test.line, `${old.test.title} -> ${renamed.test.title}`);
}

function compareCase(old: TestCase, { file, test: now }: Placed): readonly Finding[] {
  const found = (when: boolean, rule: Parameters<typeof finding>[0]): readonly Finding[] =>
    when ? [finding(rule, file, now.line, now.title)] : [];
  const precise = [
    ...found(now.skipped && !old.skipped, 'test-skipped'),
    ...found(now.only && !old.only, 'test-only'),
    ...found(old.statements > 0 && now.statements === 0 && now.body !== null, 'test-emptied'),
    ...found(now.exits > old.exits, 'test-returns-early'),
    ...found(tableOf(now.call) !== tableOf(old.call), 'test-table-changed'),
    ...found(widened(old.limits, now.limits), 'limit-widened'),
    ...compareAllAssertions(old.assertions, now.assertions, { file, line: now.line }),
  ];
  return precise.length > 0 ? precise : found(now.body !== old.body, 'test-edited');
}

/** What a test is repeated for; '' where it runs once. */
function tableOf(call: string): string {
  return /[(`].*/s.exec(call)?.[0] ?? '';
}

function widened(before: readonly number[], after: readonly number[]): boolean {
  return Math.max(0, ...after) > Math.max(0, ...before);
}

/** What a file asserts and allows outside its tests. */
function compareOutside(path: string, before: TestFile, after: TestFile | undefined): readonly Finding[] {
  if (after === undefined) return before.outside.map((assertion) => finding('assertion-removed', path, assertion.line, assertion.text));
  const found = [
    ...compareAllAssertions(before.outside, after.outside, { file: path, line: 1 }),
    ...(widened(before.limits, after.limits) ? [finding('limit-widened', path, 1, `${after.limits.join()}`)] : []),
  ];
  const edited = before.text !== after.text && sameCases(before, after);
  return found.length > 0 || !edited ? found : [finding('test-file-edited', path, 1, path)];
}

function sameCases(before: TestFile, after: TestFile): boolean {
  const text = ({ cases }: TestFile): string => cases.map(({ title, call, body }) => `${title} ${call} ${body}`).join('\n');
  return text(before) === text(after);
}
