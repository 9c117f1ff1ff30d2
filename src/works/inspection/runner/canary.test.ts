import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sourceWith, suiteFor, suiteRunners, tempWorkspace } from '../../../../kit/runner/index.ts';
import { canaryFor, detectRunner, runTests } from './index.ts';
import type { TestPlan } from './index.ts';

const packages = { from: fileURLToPath(new URL('../../../../node_modules', import.meta.url)) };

async function runWithCanary(runner: (typeof suiteRunners)[number], source?: string) {
  const { files, expected } = suiteFor(runner, 'cjs');
  const workspace = await tempWorkspace(source === undefined ? files : { ...files, 'src/sum.js': source }, packages);
  try {
    const found = await detectRunner(workspace, '', JSON.parse(files['package.json'] ?? ''));
    if (found.kind === 'none') throw new Error(found.message);
    const canary = canaryFor(found.plan, { token: 'held-7f3a' });
    const run = await runTests(workspace, found.plan, { timeoutMs: 60_000, canary });
    const results = Object.fromEntries([...run.results].map(([id, result]) => [id, result.status]));
    return { run, results, expected, left: (await workspace.files.list('')).filter((path) => /canary|held|jidoka/.test(path)) };
  } finally {
    await workspace.destroy();
  }
}

// The whole matrix of runners, module systems and deeds is in runner-contract.slow.test.ts.
describe.each(suiteRunners.filter((runner) => runner !== 'tap'))('a canary under %s', (runner) => {
  it('fails in an honest tree, changes no result and leaves nothing', async () => {
    const { run, results, expected, left } = await runWithCanary(runner);
    expect(results).toEqual(expected);
    expect(run.canary).toMatchObject({ reported: 'fail', suspicious: [] });
    expect(left).toEqual([]);
  });
  it('passes where the source stubs an assertion library', async () => {
    const { run } = await runWithCanary(runner, sourceWith('cjs', `require('assert').strictEqual = () => {};`));
    expect(run.canary?.reported).toBe('pass');
    expect(run.canary?.suspicious.map(({ id }) => id)).toEqual(['test/held-7f3a.test.js > held-7f3a node:assert strictEqual']);
  });
});

describe('where a canary stands', () => {
  const plan = (sample: string | null): TestPlan => ({
    runner: 'mocha',
    version: '10.0.0',
    directory: '',
    argv: ['node'],
    env: {},
    resultFile: null,
    files: [],
    specs: [],
    prepare: [],
    uncovered: [],
    style: { sample, module: 'cjs', assertions: [], loads: ['./src/a.js', 'self'], early: false },
    reason: '',
  });
  it.each([
    ['test/unit/sum.spec.ts', 'test/unit/c.spec.ts'],
    ['test/test-sum.js', 'test/test-c.js'],
    ['test/sum_test.mjs', 'test/c_test.mjs'],
    ['__tests__/sum.jsx', '__tests__/c.jsx'],
    ['test/SumTest.js', 'test/cTest.js'],
    ['test.js', 'c.test.js'],
    ['test/index.js', 'test/c.js'],
    [null, 'test/c.test.js'],
  ])('%s gives %s', (sample, file) => {
    expect(canaryFor(plan(sample), { token: 'c' }).file).toBe(file);
  });
  it('loads what the suite loads by names that are right from there', () => {
    const { content } = canaryFor(plan('test/unit/sum.spec.js'), { files: ['lib/b.js'], packages: ['lodash'] });
    expect(content).toContain('const names = ["../../src/a.js","self","../../lib/b.js","lodash"];');
  });
});
