import { describe, expect, it } from 'vitest';
import type { FlakeSeed } from '../../../../core/packet/seed.ts';
import { newTally, type Tally, type TestTally } from '../../../flaky/index.ts';
import type { TestResult, TestRun } from '../../../inspection/runner/index.ts';
import type { Frame } from './frame.ts';
import { judge } from './judge.ts';
import { allowanceMs, needless } from './need.ts';

const id = 'a.js > adds';
const log = { sha256: 'a'.repeat(64), bytes: 1, label: 'log', mediaType: 'text/plain' };

const seed: FlakeSeed = {
  kind: 'flake',
  line: 'flaky',
  key: 'adds',
  repository: { id: 'r', name: 'r', location: '/r', kind: 'local', directory: '', baseCommit: 'c', branch: null, uncommitted: 0 },
  scope: 'all',
  actor: 'person:a',
  trusted: true,
  test: 'adds',
  rate: 0.05,
  modes: ['suite', 'load', 'alone'],
  budgetMs: 90_000,
};

const tally = (mode: Tally['mode'], more: Partial<Tally> = {}, test: Partial<TestTally> = {}): Tally => ({
  ...newTally(mode, mode === 'suite' ? 'suite' : 'alone', 60),
  runs: 60,
  end: 'all',
  log,
  tests: [{ id, runs: 60, failures: 0, unseen: 0, first: null, by: {}, ...test }],
  ...more,
});

const baseRun = (status: TestResult['status']): TestRun => ({
  plan: {
    runner: 'mocha',
    version: null,
    directory: '',
    argv: ['mocha'],
    env: {},
    resultFile: null,
    files: [],
    specs: [],
    prepare: [],
    uncovered: [],
    style: { sample: null, module: 'cjs', assertions: [], loads: [], early: false },
    reason: '',
  },
  results: new Map([[id, { status, file: 'a.js' }]]),
  ended: 'complete',
  running: [],
  problem: null,
  canary: null,
  process: { exit: { kind: 'exited', code: 0 }, stdout: '', stderr: '', truncated: false, durationMs: 1 },
});

const frame = (tallies: readonly Tally[], more: Partial<Frame> = {}): Frame => ({
  seed,
  record: { run: 'r', install: { rung: '', tried: [] }, build: 'none', tests: null, none: null, tree: null, api: null, canary: 'fail' },
  baseline: [baseRun('pass'), baseRun('pass')],
  wanted: 60,
  named: id,
  subjects: [id],
  others: [],
  ids: [id],
  tallies,
  fileOf: () => 'a.js',
  ...more,
});

const codes = (one: Frame): readonly string[] => judge(one).facts.map(({ check, outcome, code }) => `${check} ${outcome} ${code}`);

describe('what repetitions show', () => {
  it('is that nothing is owed where every mode was run often enough without a failure', () => {
    const calm = frame([tally('suite'), tally('alone')]);
    expect(codes(calm)).toEqual(['flakiness holds never-fails', 'no-op holds never-fails']);
    expect(judge(calm).facts[1]?.data).toMatchObject({
      proof: [
        expect.stringContaining('suite: 0 of 60 runs failed, so that a rate above 4.9 % is excluded at 95 %'),
        expect.stringContaining('alone: 0 of 60'),
        expect.stringContaining('must fail was reported as failed'),
      ],
    });
  });

  const unnamed = { named: null, subjects: [] };
  it.each<readonly [string, Frame, string]>([
    ['the suite could not fail', frame([tally('suite')], { record: { ...frame([]).record, canary: 'pass' } }), 'was not seen to fail'],
    ['no test ran', frame([tally('suite', { tests: [] })], { ...unnamed, ids: [] }), 'every test of the suite is skipped'],
    ['the suite was not run', frame([tally('alone')]), 'not run often enough'],
    ['the test was skipped now and then', frame([tally('suite', {}, { runs: 40, unseen: 20 })]), 'skipped or not reached in 20 of 60'],
    [
      'the suite broke off now and then',
      frame([tally('suite', { cut: 2, tests: [] })], unnamed),
      'did not come to its end whole in 2 of 60',
    ],
    ['the time was over', frame([tally('suite'), tally('alone', { runs: 9, end: 'budget' }, { runs: 9 })]), 'alone 9 of 60'],
  ])('is nothing where %s', (_, one, why) => {
    expect(codes(one)).toEqual(['flakiness broken not-excluded']);
    expect(judge(one).facts[0]?.summary).toContain(why);
  });

  it('is a broken test where it never passed, also where it passes alone', () => {
    const failing = tally('suite', { runs: 10, end: 'enough' }, { runs: 10, failures: 10 });
    const one = frame([failing, tally('alone', { runs: 60 })], { baseline: [baseRun('fail'), baseRun('fail')] });
    expect(codes(one)).toEqual(['flakiness broken always-fails']);
    expect(judge(one).facts[0]?.summary).toContain('alone: 0 of 60 failed');
    expect(judge(one).flaky).toEqual([]);
    expect(needless('load', one)).toMatchObject({ end: 'no-need' });
    expect(needless('alone', one)).toBeNull();
  });

  it('is a flaky test where it passed at the base at least', () => {
    const failing = tally(
      'suite',
      { runs: 10, end: 'enough' },
      { runs: 10, failures: 10, first: { run: 1, variation: '', message: 'no', log } },
    );
    expect(codes(frame([failing]))).toEqual(['flakiness broken flaky']);
    expect(codes(frame([tally('suite')], { baseline: [baseRun('pass'), baseRun('fail')] }))).toEqual(['flakiness broken flaky']);
  });

  it('a skip at the base is no failure', () => {
    expect(codes(frame([tally('suite')], { baseline: [baseRun('pass'), baseRun('skip')] }))[0]).toBe('flakiness holds never-fails');
  });
});

describe('the time for a mode', () => {
  const stage = (mode: 'suite' | 'load' | 'alone') => ({ id: mode, does: 'repetition' as const, mode });
  const line = {
    apiVersion: 'jidoka/v1' as const,
    kind: 'Line' as const,
    name: 'flaky',
    summary: '',
    seed: 'flake' as const,
    nonGoals: [],
    scope: { paths: ['**'], protectedPaths: [] },
    stages: [stage('suite'), stage('load'), stage('alone')],
    inspection: [],
    noOpRules: [],
    policy: { baselineRuns: 2, minimumReleaseAgeDays: 0, reuseBaseline: '6h' },
  };

  it('is what is left, shared by those to come', () => {
    expect(allowanceMs(line, 'suite', frame([]))).toBe(30_000);
    expect(allowanceMs(line, 'load', frame([tally('suite', { spentMs: 10_000 })]))).toBe(40_000);
    expect(allowanceMs(line, 'alone', frame([tally('suite', { spentMs: 10_000 }), tally('load', { spentMs: 80_000 })]))).toBe(0);
  });
});
