import { describe, expect, it } from 'vitest';
import type { TestStatus } from '../../../core/evidence/fact.ts';
import type { TestResult, TestRun } from '../runner/index.ts';
import { readPatch } from '../scope/index.ts';
import { isDocumentation, isSource, isTestInput, newTestsFact, newTestsOf, ownTestsFact, sizeFact } from './index.ts';

const runOf = (results: Readonly<Record<string, TestResult['status']>>, more: Partial<TestRun> = {}): TestRun =>
  ({
    plan: { runner: 'mocha', argv: ['mocha'] },
    results: new Map(Object.entries(results).map(([id, status]) => [id, { status }])),
    ended: 'complete',
    canary: { file: 'c.js', reported: 'fail', suspicious: [] },
    process: { exit: { kind: 'exited', code: 0 }, stdout: '', stderr: '' },
    ...more,
  }) as TestRun; // what the rules read of a run

describe('the suite of a branch', () => {
  const baseline = [runOf({ 'a.js > one': 'pass', 'a.js > old': 'fail' })];
  const judge = (runs: readonly [TestRun, ...TestRun[]], canaryOnBase: TestStatus | null = 'fail') =>
    ownTestsFact({ runs, baseline, canaryOnBase, logs: [] });

  it('holds where what fails failed before', () => {
    expect(judge([runOf({ 'a.js > one': 'pass', 'a.js > old': 'fail', 'a.js > new': 'pass' })])).toMatchObject({ outcome: 'holds' });
  });

  it('is broken by what fails in every run, and not by what fails once', () => {
    const fails = runOf({ 'a.js > one': 'pass', 'b.js > new': 'fail' });
    expect(judge([fails, fails])).toMatchObject({
      outcome: 'broken',
      code: 'own-test-fails',
      data: { findings: [{ file: 'b.js', rule: 'own-test-fails' }] },
    });
    expect(judge([fails, runOf({ 'a.js > one': 'pass', 'b.js > new': 'pass' })])).toMatchObject({
      outcome: 'holds',
      data: { findings: [{ rule: 'own-test-unsteady', weight: 'note' }] },
    });
  });

  it('notes what is gone and what is skipped', () => {
    const { outcome, data } = judge([runOf({ 'b.js > other': 'pass', 'b.js > later': 'skip' })]);
    expect(outcome).toBe('holds');
    expect(data.findings.map(({ rule, weight }) => `${weight} ${rule}`)).toEqual(['note test-gone', 'note test-skipped']);
  });

  it('is broken where it cannot fail, but not where the canary was of no use on the base either', () => {
    const silent = runOf({ 'a.js > one': 'pass' }, { canary: { file: 'c.js', reported: 'pass', suspicious: [] } });
    expect(judge([silent])).toMatchObject({ outcome: 'broken', code: 'canary-silent' });
    expect(judge([silent], 'missing').outcome).toBe('holds');
  });

  it('is broken where it hangs, and unknown where nothing of it passes', () => {
    expect(judge([runOf({}, { ended: 'timed-out' })])).toMatchObject({ outcome: 'broken', code: 'suite-hangs' });
    expect(judge([runOf({ 'a.js > old': 'fail' })])).toMatchObject({ outcome: 'unknown', code: 'no-test-passes' });
  });
});

describe('new tests', () => {
  const ids = ['n.js > one', 'n.js > two'];
  const judge = (run: TestRun) => newTestsFact({ ids, run, canaryOnBase: 'fail', texts: new Map([['n.js', '\ntest("two")']]), logs: [] });

  it('are those that pass now and that no title of the base has', () => {
    const own = runOf({ 'n.js > one': 'pass', 'moved.js > known': 'pass', 'n.js > red': 'fail' });
    expect(newTestsOf(own, [runOf({ 'a.js > known': 'pass' })])).toEqual(['n.js > one']);
  });

  it('hold where they fail on the old source, or do not load there', () => {
    expect(judge(runOf({ 'n.js > one': 'fail' }))).toMatchObject({
      outcome: 'holds',
      data: { failing: ['n.js > one'], notRun: ['n.js > two'], findings: [] },
    });
  });

  it('note one that passes there, with its line, and are broken where all do', () => {
    const some = judge(runOf({ 'n.js > one': 'fail', 'n.js > two': 'pass' }));
    expect(some).toMatchObject({ outcome: 'holds', data: { findings: [{ file: 'n.js', line: 2, weight: 'note' }] } });
    const all = judge(runOf({ 'n.js > one': 'pass', 'n.js > two': 'pass' }));
    expect(all).toMatchObject({ outcome: 'broken', data: { findings: [{ weight: 'blocks' }, { weight: 'blocks' }] } });
  });

  it('say nothing in a run that died, or that cannot fail', () => {
    expect(judge(runOf({}, { ended: 'crashed' }))).toMatchObject({ outcome: 'unknown', code: 'not-run' });
    const silent = runOf({ 'n.js > one': 'fail' }, { canary: { file: 'c.js', reported: 'pass', suspicious: [] } });
    expect(judge(silent)).toMatchObject({ outcome: 'unknown', code: 'canary-silent' });
  });
});

describe('files of a branch', () => {
  const patched = (path: string, header = 'index 1..2 100644') =>
    readPatch(`diff --git a/${path} b/${path}\n${header}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-a\n+b\n`).map(isDocumentation);

  it('are words for people by place and mode', () => {
    for (const path of ['README.md', 'docs/a.txt', 'LICENSE']) expect(patched(path), path).toEqual([true]);
    for (const path of ['docs/a.js', 'package.json', 'src/a.js', '.github/x.md', 'test/a.md', 'requirements.txt'])
      expect(patched(path), path).toEqual([false]);
    expect(patched('README.md', 'old mode 100644\nnew mode 100755')).toEqual([false]);
  });

  it('are source, or what tests are made of', () => {
    expect(['src/a.js', 'a.mts', 'a.d.ts', 'test/a.js', 'a.json'].map(isSource)).toEqual([true, true, false, false, false]);
    expect(['test/a.js', 'a.test.ts', 'x/__snapshots__/a.snap', 'fixtures/a.json', 'src/a.js'].map(isTestInput)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('can be read where they are few, are noted where many, and block where nobody would', () => {
    const files = (count: number, added = 1) =>
      Array.from({ length: count }, (_, at) => ({ path: `${at}.js`, status: 'added' as const, added, removed: 0 }));
    expect(sizeFact({ files: files(3) }, [])).toMatchObject({ outcome: 'holds' });
    expect(sizeFact({ files: files(3, 900) }, [])).toMatchObject({ code: 'large', data: { findings: [{ weight: 'note' }] } });
    expect(sizeFact({ files: files(2001) }, [])).toMatchObject({ code: 'too-large', data: { findings: [{ weight: 'blocks' }] } });
    expect(sizeFact({ files: [{ path: 'package-lock.json', status: 'modified', added: 9000, removed: 0 }] }, []).outcome).toBe('holds');
  });
});
