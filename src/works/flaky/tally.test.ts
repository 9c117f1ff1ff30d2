import { describe, expect, it } from 'vitest';
import type { TestPlan, TestResult, TestRun } from '../inspection/runner/index.ts';
import { changing, findTest, isOver, newTally, readTally, testIn, writeTally } from './index.ts';
import { addRun, type Tally } from './tally.ts';

const log = { sha256: 'a'.repeat(64), bytes: 1, label: 'log', mediaType: 'text/plain' };

const plan: TestPlan = {
  runner: 'node:test',
  version: null,
  directory: '',
  argv: ['node', '--test'],
  env: {},
  resultFile: null,
  files: [],
  specs: [],
  prepare: [],
  uncovered: [],
  style: { sample: null, module: 'cjs', assertions: [], loads: [], early: false },
  reason: '',
};

function run(results: Readonly<Record<string, TestResult['status']>>, more: Partial<TestRun> = {}): TestRun {
  const process = { exit: { kind: 'exited', code: 0 }, stdout: '', stderr: '', truncated: false, durationMs: 4000 } as const;
  const entries = Object.entries(results).map(([id, status]) => [id, { status, file: id.split(' > ')[0] ?? '' }] as const);
  return { plan, results: new Map(entries), ended: 'complete', running: [], problem: null, canary: null, process, ...more };
}

const fileOf = (id: string): string => id.split(' > ')[0] ?? '';
const count = (tally: Tally, one: TestRun, ids: readonly string[], variation = ''): Tally =>
  addRun(tally, { run: one, ids, fileOf, variation, recurs: variation !== '', cut: false, log, spentMs: 10 });

describe('a tally', () => {
  const [a, b] = ['a.js > one', 'b.js > two'];

  it('counts a test that begins to fail as having passed before', () => {
    let tally = newTally('suite', 'suite', 10);
    for (const status of ['pass', 'pass', 'fail'] as const) tally = count(tally, run({ [a]: status, [b]: 'pass' }), [a, b]);
    expect(testIn(tally, a)).toMatchObject({ runs: 3, failures: 1, first: { run: 3, log } });
    expect(testIn(tally, b)).toMatchObject({ runs: 3, failures: 0, first: null });
  });

  it('counts nothing for a test that a mode of one test did not run', () => {
    const tally = count(newTally('alone', 'alone', 10), run({ [a]: 'pass' }), [a]);
    expect(testIn(tally, a)).toMatchObject({ runs: 1 });
    expect(testIn(tally, b)).toBeNull();
  });

  it.each<readonly [string, TestRun, object]>([
    ['a skip', run({ [a]: 'skip' }), { runs: 0, failures: 0, unseen: 1 }],
    ['a run that does not have it', run({ [b]: 'pass' }), { runs: 0, unseen: 1 }],
    ['a file that died', run({ 'a.js': 'crash' }), { runs: 1, failures: 1 }],
    [
      'a hang in its file',
      run({}, { ended: 'timed-out', running: ['a.js'] }),
      { failures: 1, first: { message: 'it did not end within 4 s' } },
    ],
    ['a hang in another file', run({}, { ended: 'timed-out', running: ['b.js'] }), { runs: 0, failures: 0, unseen: 1 }],
    ['a runner that died elsewhere', run({}, { ended: 'crashed', running: ['b.js'] }), { failures: 0, unseen: 1 }],
  ])('tells %s from a failure', (_, one, expected) => {
    expect(testIn(count(newTally('suite', 'suite', 10), one, [a]), a)).toMatchObject(expected);
  });

  it('counts by what comes again', () => {
    let tally = newTally('zone', 'file', 10);
    for (const [zone, status] of [
      ['A', 'pass'],
      ['B', 'fail'],
      ['A', 'pass'],
      ['B', 'fail'],
    ] as const)
      tally = count(tally, run({ [a]: status }), [a], zone);
    expect(testIn(tally, a)?.by).toEqual({ A: { runs: 2, failures: 0 }, B: { runs: 2, failures: 2 } });
  });

  it('is over when all is done, when it failed often enough, or when it cannot be run', () => {
    const after = (statuses: readonly TestResult['status'][], wanted = 20): Tally =>
      statuses.reduce((tally, status) => count(tally, run({ [a]: status }), [a]), newTally('file', 'file', wanted));
    const times = (n: number, status: TestResult['status']): TestResult['status'][] => Array.from({ length: n }, () => status);
    expect(isOver(after(times(19, 'pass')), a, true)).toBeNull();
    expect(isOver(after(times(20, 'pass')), a, true)).toBe('all');
    expect(isOver(after([...times(5, 'pass'), ...times(5, 'fail')]), a, true)).toBe('enough');
    expect(isOver(after([...times(5, 'pass'), ...times(5, 'fail')]), a, false)).toBeNull();
    expect(isOver(after(times(9, 'fail')), a, true)).toBeNull();
    expect(isOver(after(times(6, 'fail'), 6), a, true)).toBe('enough');
    expect(isOver(after(times(2, 'skip')), a, true)).toBe('not-possible');
  });

  it('is read as it was written', () => {
    const tally = count(newTally('suite', 'suite', 10), run({ [a]: 'fail' }), [a]);
    expect(readTally(writeTally(tally))).toEqual(tally);
    expect(() => readTally('{}')).toThrow('cannot be read');
  });

  it('shows which tests change, those that change most first', () => {
    const always = 'c.js > always';
    let tally = newTally('suite', 'suite', 4);
    for (const [one, two] of [
      ['pass', 'fail'],
      ['fail', 'pass'],
      ['fail', 'pass'],
      ['pass', 'pass'],
    ] as const)
      tally = count(tally, run({ [a]: one, [b]: two, [always]: 'fail' }), [a, b, always]);
    expect(changing([], [tally], fileOf)).toEqual([a, b]);
    expect(changing([run({ [always]: 'pass' })], [tally], fileOf)).toContain(always);
  });
});

describe('finding a test by a name', () => {
  const ids = {
    'a.js > sum > adds': 'pass',
    'b.js > sum > adds': 'pass',
    'a.js > sum > subtracts': 'fail',
    'a.js > adds': 'pass',
  } as const;
  const runs = [run(ids), run(ids)];

  it.each([
    ['a.js > sum > adds', 'a.js > sum > adds'],
    ['sum > subtracts', 'a.js > sum > subtracts'],
    ['subtracts', 'a.js > sum > subtracts'],
    ['sum subtracts', 'a.js > sum > subtracts'],
    // Exact titles go before the last of them.
    ['adds', 'a.js > adds'],
    ['  a.js >  adds ', 'a.js > adds'],
  ])('%s', (name, id) => expect(findTest(name, runs)).toEqual({ kind: 'one', id }));

  it('tells of all that a name fits', () =>
    expect(findTest('sum > adds', runs)).toEqual({ kind: 'several', ids: ['a.js > sum > adds', 'b.js > sum > adds'] }));

  it.each<readonly [string, readonly string[]]>([
    ['subtrcats', ['a.js > sum > subtracts']],
    ['sum > subtract', ['a.js > sum > subtracts']],
    ['c.js > sum > adds', ['a.js > sum > adds']],
    ['ADDS', ['a.js > sum > adds', 'b.js > sum > adds', 'a.js > adds']],
    ['divides', []],
  ])('tells of %j, which is none, what comes near', (name, near) => {
    expect(findTest(name, runs)).toEqual({ kind: 'absent', reported: 4, near });
  });

  it.each<readonly [string, TestRun, RegExp]>([
    ['a suite that hung', run(ids, { ended: 'timed-out', running: ['c.js'] }), /hung in c\.js/],
    ['a suite that died', run(ids, { ended: 'crashed' }), /did not come to its end/],
    ['a file that died', run({ ...ids, 'c.js': 'crash' }), /c\.js could not be run/],
    ['another test command', run(ids, { plan: { ...plan, uncovered: ['npm run test:e2e'] } }), /test:e2e/],
  ])('proves nothing by %s', (_, one, why) => {
    expect(findTest('divides', [one])).toEqual({ kind: 'unseen', why: expect.stringMatching(why) });
  });
});
