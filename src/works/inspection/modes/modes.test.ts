import { describe, expect, it } from 'vitest';
import type { RunnerName, TestPlan } from '../runner/index.ts';
import { datesAfter } from './dates.ts';
import { planFor, type Circumstances } from './index.ts';
import { permuted } from './shuffle.ts';

const planOf = (runner: RunnerName, argv: TestPlan['argv'], specs: readonly string[] = []): TestPlan => ({
  runner,
  version: '29.7.0',
  directory: '',
  argv: [...argv, ...specs],
  env: { CI: '1' },
  resultFile: null,
  files: [],
  specs,
  prepare: [],
  uncovered: [],
  style: { sample: null, module: 'cjs', assertions: [], loads: [], early: false },
  reason: '',
});

const circumstances: Circumstances = {
  run: 1,
  seed: 5,
  target: { file: 'test/a.js', titles: ['sum (fast)', 'adds a.b #2'] },
  project: '/w',
  copy: null,
  files: ['test/a.js', 'test/b.js', 'test/c.js'],
  now: '2026-11-30T12:00:00.000Z',
};

describe('one test by itself', () => {
  it.each<readonly [RunnerName, TestPlan['argv'], readonly string[], readonly string[]]>([
    ['mocha', ['node', 'mocha.js', '--reporter', 'r'], ['./test'], ['--grep', String.raw`^sum\s+\(fast\)\s+adds\s+a\.b$`, 'test/a.js']],
    ['vitest', ['node', 'vitest.mjs', 'run'], [], [String.raw`--testNamePattern=^sum\s+\(fast\)\s+adds\s+a\.b$`, 'test/a.js']],
    [
      'jest',
      ['node', 'jest.js', '--ci'],
      ['test'],
      ['--testNamePattern', String.raw`^sum\s+\(fast\)\s+adds\s+a\.b$`, '--runTestsByPath', 'test/a.js'],
    ],
  ])('is asked of %s by its whole title, as a pattern', (runner, argv, specs, expected) => {
    expect(planFor('alone', planOf(runner, argv, specs), circumstances)).toMatchObject({
      kind: 'plan',
      plan: { argv: [...argv, ...expected] },
    });
  });

  it('is asked of node:test by both forms of its title that its versions take', () => {
    const how = planFor('alone', planOf('node:test', ['node', '--test']), circumstances);
    expect(how).toMatchObject({
      plan: {
        argv: [
          'node',
          '--test',
          String.raw`--test-name-pattern=^sum\s+\(fast\)\s+adds\s+a\.b$`,
          String.raw`--test-name-pattern=^adds\s+a\.b$`,
          'test/a.js',
        ],
      },
    });
  });

  it.each<RunnerName>(['tape', 'tap', 'ava', 'junit'])('is not possible with %s', (runner) => {
    expect(planFor('alone', planOf(runner, ['node', 'x']), circumstances)).toMatchObject({ kind: 'not-possible' });
  });
});

describe('orders', () => {
  it('follow from the seed and the run alone', () => {
    const items = Array.from({ length: 20 }, (_, index) => index);
    expect(permuted(items, 3)).toEqual(permuted(items, 3));
    expect(permuted(items, 3)).not.toEqual(permuted(items, 4));
    expect([...permuted(items, 3)].sort((left, right) => left - right)).toEqual(items);
  });

  it('are all met, about equally often', () => {
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 600; seed += 1) {
      const order = permuted(['a', 'b', 'c'], seed * 7919).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    expect(Math.min(...seen.values())).toBeGreaterThan(50);
  });

  it('of a single file are those of its runner', () => {
    expect(planFor('shuffled', planOf('mocha', ['node', 'm']), { ...circumstances, files: ['test/a.js'] })).toMatchObject({
      kind: 'not-possible',
    });
    expect(planFor('shuffled', planOf('vitest', ['node', 'v']), { ...circumstances, files: ['test/a.js'] })).toMatchObject({
      kind: 'plan',
      variation: 'seed 7924',
    });
  });
});

describe('dates', () => {
  it('are those on which programs stumble, after now', () => {
    expect(datesAfter('2026-11-30T12:00:00.000Z')).toEqual([
      '2028-02-29T12:00:00.000Z',
      '2026-12-31T23:59:55.000Z',
      '2027-01-31T12:00:00.000Z',
      '2027-03-28T00:59:59.000Z',
      '2027-10-31T00:01:00.000Z',
      '2038-01-19T03:14:06.000Z',
    ]);
  });
});

describe('company', () => {
  it('is kept by a program of the factory around the plan, which stays as it is', () => {
    const plan = planOf('tape', ['node', 'driver.cjs'], ['test/a.js', 'test/b.js']);
    const how = planFor('parallel', plan, { ...circumstances, copy: '/second' });
    expect(how).toMatchObject({
      kind: 'plan',
      plan: { argv: ['node', '.jidoka-run/besides.mjs', expect.stringContaining('"copy":"/second"'), 'node', 'driver.cjs', 'test/a.js'] },
    });
    expect(planFor('parallel', plan, circumstances)).toEqual({ kind: 'not-possible', why: 'no second copy was made' });
  });
});
