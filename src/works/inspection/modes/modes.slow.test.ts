import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suiteFor, suiteRunners, tempWorkspace, testFile, type SuiteRunner } from '../../../../kit/runner/index.ts';
import type { RepetitionMode } from '../../../core/line/repetition.ts';
import type { Workspace } from '../../../core/ports/floor.ts';
import { detectRunner, runTests, type TestPlan, type TestRun } from '../runner/index.ts';
import { planFor, type Circumstances, type ModePlan } from './index.ts';

const packages = { from: fileURLToPath(new URL('../../../../node_modules', import.meta.url)) };

// tap is no dependency of this project.
const runners = suiteRunners.filter((name) => name !== 'tap');
const without = (...names: readonly SuiteRunner[]): readonly SuiteRunner[] => runners.filter((name) => !names.includes(name));

interface Bench {
  readonly workspace: Workspace;
  readonly plan: TestPlan;
}

const benches = new Map<SuiteRunner, Bench>();
beforeAll(async () => {
  for (const runner of runners) benches.set(runner, await openBench(runner));
});
afterAll(async () => {
  for (const { workspace } of benches.values()) await workspace.destroy();
});

const given: Omit<Circumstances, 'project'> = {
  run: 1,
  seed: 7,
  target: { file: 'test/basic.test.js', titles: ['adds'] },
  copy: null,
  files: ['test/basic.test.js', 'test/other.test.js', 'test/place.test.js'],
  now: new Date().toISOString(),
};

describe.each(runners)('%s', (runner) => {
  it('runs one file without the others', async () => {
    const { results, ended } = await run(runner, 'file');
    expect(ended).toBe('complete');
    expect(new Set([...results.values()].map(({ file }) => file))).toEqual(new Set(['test/basic.test.js']));
    expect(results.get('test/basic.test.js > adds')?.status).toBe('pass');
  });

  it('runs in another time zone, and in another language', async () => {
    const { results } = await run(runner, 'zone', { target: null });
    expect(results.get('test/place.test.js > is in another zone than Kiritimati')?.status).toBe('fail');
    expect(results.get('test/place.test.js > has the clock of the machine')?.status).toBe('pass');
    const second = await run(runner, 'zone', { run: 2, target: null });
    expect(second.results.get('test/place.test.js > does not speak Turkish')?.status).toBe('fail');
  });

  it('runs under load, and beside a copy, with the results of the suite itself', async () => {
    const { workspace } = benchOf(runner);
    const copy = `${workspace.scratch}/second`;
    await workspace.spawn({ argv: ['cp', '-a', workspace.root, copy], cwd: '', timeoutMs: 60_000, network: 'none' });
    for (const mode of ['load', 'parallel'] as const) {
      const { results, ended, problem } = await run(runner, mode, { target: null, copy });
      expect({ mode, ended, problem }).toEqual({ mode, ended: 'complete', problem: null });
      expect(results.get('test/basic.test.js > adds')?.status).toBe('pass');
      expect(results.get('test/basic.test.js > subtracts wrongly')?.status).toBe('fail');
    }
  });
});

describe.each(without('tape', 'ava'))('%s', (runner) => {
  it('runs one test without the others', async () => {
    expect(ran(await run(runner, 'alone'))).toEqual(['test/basic.test.js > adds']);
    const target = { file: 'test/basic.test.js', titles: ['outer', 'inner', 'holds ✓ größe 数'] };
    expect(ran(await run(runner, 'alone', { target }))).toEqual(['test/basic.test.js > outer > inner > holds ✓ größe 数']);
  });
});

describe.each(without('ava'))('%s', (runner) => {
  it('runs everything in other orders', async () => {
    const usual = new Set((await run(runner, 'suite')).results.keys());
    const orders = new Set<string>();
    for (const time of [1, 2, 3]) {
      const { results } = await run(runner, 'shuffled', { run: time });
      expect(new Set(results.keys())).toEqual(usual);
      orders.add([...results.keys()].join());
    }
    expect(orders.size).toBeGreaterThan(1);
  });
});

// The others work on several files at the same time, and report them as they end.
describe.each(without('ava', 'jest', 'vitest'))('%s', (runner) => {
  it('runs everything in the same order for the same seed', async () => {
    const [first, second] = [await run(runner, 'shuffled', { run: 2 }), await run(runner, 'shuffled', { run: 2 })];
    expect([...second.results.keys()]).toEqual([...first.results.keys()]);
  });
});

describe.each(without('jest'))('%s', (runner) => {
  it('runs on another date', async () => {
    const { results } = await run(runner, 'date', { target: null });
    expect(results.get('test/place.test.js > has the clock of the machine')?.status).toBe('fail');
    expect(results.get('test/place.test.js > is in another zone than Kiritimati')?.status).toBe('pass');
    expect(results.get('test/basic.test.js > adds')?.status).toBe('pass');
  });
});

it.each<readonly [SuiteRunner, RepetitionMode, string]>([
  ['tape', 'alone', 'tape cannot be told to run one test'],
  ['ava', 'alone', 'ava cannot be told to run one test'],
  ['ava', 'shuffled', 'ava orders files by itself'],
  ['jest', 'date', 'jest gives each test file a clock of its own'],
])('%s says that it has no %s', (runner, mode, why) => {
  expect(planned(runner, mode)).toEqual({ kind: 'not-possible', why });
});

async function openBench(runner: SuiteRunner): Promise<Bench> {
  const { files } = suiteFor(runner, 'cjs');
  const workspace = await tempWorkspace({ ...files, 'test/place.test.js': testFile(runner, 'cjs', placeTests(runner)) }, packages);
  const found = await detectRunner(workspace, '', JSON.parse(files['package.json'] ?? ''));
  if (found.kind === 'none') throw new Error(found.message);
  return { workspace, plan: found.plan };
}

function benchOf(runner: SuiteRunner): Bench {
  const bench = benches.get(runner);
  if (bench === undefined) throw new Error(`no bench for ${runner}`);
  return bench;
}

function planned(runner: SuiteRunner, mode: RepetitionMode, more: Partial<Circumstances> = {}): ModePlan {
  const { plan, workspace } = benchOf(runner);
  return planFor(mode, plan, { ...given, project: workspace.root, ...more });
}

async function run(runner: SuiteRunner, mode: RepetitionMode, more: Partial<Circumstances> = {}): Promise<TestRun> {
  const how = planned(runner, mode, more);
  if (how.kind === 'not-possible') throw new Error(how.why);
  return await runTests(benchOf(runner).workspace, how.plan, { timeoutMs: 120_000, laidIn: how.laidIn });
}

function ran({ results }: TestRun): readonly string[] {
  return [...results].filter(([, { status }]) => status !== 'skip').map(([id]) => id);
}

function placeTests(runner: SuiteRunner): string {
  const tests: readonly (readonly [string, string])[] = [
    ['is in another zone than Kiritimati', 'new Date().getTimezoneOffset() !== -840'],
    ['does not speak Turkish', "new Intl.NumberFormat().resolvedOptions().locale !== 'tr-TR'"],
    ['has the clock of the machine', 'Math.abs(Date.now() - performance.timeOrigin - performance.now()) < 60_000'],
  ];
  const [word, take, holds, end] =
    runner === 'tape' ? ['test', 't', 't.ok', ' t.end();'] : runner === 'ava' ? ['test', 't', 't.true', ''] : ['it', '', 'assert.ok', ''];
  return tests.map(([title, condition]) => `${word}('${title}', (${take}) => { ${holds}(${condition});${end} });`).join('\n');
}
