import { describe, expect, it } from 'vitest';
import { breakClass, compareRuns, readBaseline, summarizeBaseline, weakBaseline, writeBaseline } from './index.ts';
import type { TestPlan, TestResult, TestRun } from './index.ts';

const plan: TestPlan = {
  runner: 'mocha',
  version: '10.8.2',
  directory: '',
  argv: ['node', 'mocha'],
  env: { TZ: 'UTC' },
  resultFile: 'r',
  files: ['a.js'],
  specs: [],
  prepare: ['tsc'],
  uncovered: [],
  style: { sample: 'a.js', module: 'cjs', assertions: ['chai'], loads: ['./src.js'], early: true },
  reason: 'scripts.test: mocha',
};

type Status = TestResult['status'];

function run(statuses: Readonly<Record<string, Status>>, changed: Partial<TestRun> = {}): TestRun {
  const results = new Map(
    Object.entries(statuses).map(([id, status]) => [
      id,
      { status, file: id.split(' > ')[0] ?? '', ...(status === 'pass' ? {} : { message: 'Error: no' }) },
    ]),
  );
  const process = { exit: { kind: 'exited', code: 0 }, stdout: 'out', stderr: '', truncated: false, durationMs: 5 } as const;
  return { plan, results, ended: 'complete', running: [], problem: null, canary: null, process, ...changed };
}

const base = { 'a.js > one': 'pass', 'a.js > two': 'pass', 'b.js > old failure': 'fail', 'b.js > skipped': 'skip' } as const;

describe('compareRuns', () => {
  it('finds nothing regressed in the same results', () => {
    const { regressed, fixed, added, baseline, after } = compareRuns([run(base), run(base)], run(base));
    expect({ regressed, fixed, added }).toEqual({ regressed: [], fixed: [], added: [] });
    expect(baseline).toEqual({ total: 4, passed: 2, failed: 1, skipped: 1, runs: 2, flaky: [], preExisting: ['b.js > old failure'] });
    expect(after).toEqual({ total: 4, passed: 2, failed: 1, skipped: 1 });
  });
  it('lets a flaky test and an old failure decide nothing, and lists what was fixed and added', () => {
    const other = run({ ...base, 'a.js > two': 'fail' });
    const after = run({ ...base, 'a.js > two': 'fail', 'b.js > old failure': 'pass', 'c.js > new': 'pass' });
    const compared = compareRuns([run(base), other], after);
    expect(compared).toMatchObject({ regressed: [], fixed: ['b.js > old failure'], added: ['c.js > new'], breakClass: null });
    expect(compared.baseline.flaky).toEqual(['a.js > two']);
  });
  it('counts an id that is skipped or missing after the change as failing', () => {
    const { 'a.js > two': _, ...rest } = base;
    const after = run({ ...rest, 'a.js > one': 'skip' });
    expect(compareRuns([run(base)], after).regressed.map(({ id, after: status }) => [id, status])).toEqual([
      ['a.js > one', 'skip'],
      ['a.js > two', 'missing'],
    ]);
  });
  it('names the file that died where its ids are missing', () => {
    const after = run({ 'b.js > old failure': 'fail', 'b.js > skipped': 'skip', 'a.js': 'crash' });
    expect(compareRuns([run(base)], after).regressed.map(({ id, after: status }) => [id, status])).toEqual([
      ['a.js > one', 'crash'],
      ['a.js > two', 'crash'],
      ['a.js', 'crash'],
    ]);
  });
  it('calls ids of the hanging file timed out, others missing, and says that the suite hangs', () => {
    const hung = run({ 'a.js > one': 'pass' }, { ended: 'timed-out', running: ['a.js'] });
    const { regressed } = compareRuns([run({ ...base, 'c.js > x': 'pass' })], hung);
    expect(regressed.map(({ id, after }) => [id, after])).toEqual([
      ['a.js > two', 'timeout'],
      ['c.js > x', 'missing'],
      ['(the suite comes to its end)', 'timeout'],
    ]);
  });
  it('finds a suite that no longer ends although each test passed', () => {
    expect(compareRuns([run(base)], run(base, { ended: 'timed-out' })).regressed).toHaveLength(1);
  });
});

describe('baselines', () => {
  it('come back from text as they were, without the output', () => {
    const runs = [run(base), run(base, { ended: 'crashed', problem: 'x' })];
    const back = readBaseline(writeBaseline(runs));
    expect(back.map(({ process, ...rest }) => ({ ...rest, process: { ...process, stdout: 'out' } }))).toEqual(runs);
    expect(summarizeBaseline(back).stable).toEqual(['a.js > one', 'a.js > two']);
  });
  it.each(['', '{}', '{"apiVersion":"jidoka/v1","kind":"TestBaseline","runs":[{}]}'])('refuse text that is none: %s', (text) => {
    expect(() => readBaseline(text)).toThrow('The stored baseline cannot be read');
  });
  it.each([
    ['no-ids', [run({}), run({})]],
    ['none-pass', [run({ 'a.js > one': 'fail' })]],
    ['none-stable', [run({ 'a.js > one': 'fail' }), run({ 'a.js > one': 'pass' })]],
    ['not-started', [run({}, { ended: 'not-started' })]],
  ] as const)('say why they hold a change to nothing: %s', (code, runs) => {
    expect(weakBaseline(runs)?.code).toBe(code);
  });
  it('are not weak while one test passes stably', () => {
    expect(weakBaseline([run(base), run(base)])).toBeNull();
  });
});

describe('breakClass', () => {
  const named = (message: string, after: 'fail' | 'crash' = 'fail') => breakClass([{ id: 'x', before: 'pass', after, message }], '');
  it.each([
    ['ESM-only release', 'Error [ERR_REQUIRE_ESM]: require() of ES Module /x/index.js not supported.'],
    ['export changed', 'TypeError: chalk.red is not a function'],
    ['export changed', 'Error [ERR_PACKAGE_PATH_NOT_EXPORTED]: Package subpath \'./lib/x\' is not defined by "exports"'],
    ['module does not load', "Error: Cannot find module 'lodash/x'\nRequire stack:\n- /x/a.js"],
    ['engine', 'error yargs@18: The engine "node" is incompatible. EBADENGINE Unsupported engine'],
    ['peer', 'npm error code ERESOLVE'],
    ['test-runner API', 'TypeError: t.same is not a function'],
    ['test-runner API', 'Error: Invalid Chai property: calledOnce'],
    ['assertion', 'AssertionError [ERR_ASSERTION]: Expected values to be strictly equal'],
  ])('%s: %s', (name, message) => {
    expect(named(message)).toBe(name);
  });
  it('reads the log where ids are only missing', () => {
    const gone = [{ id: 'x', before: 'pass', after: 'missing' }] as const;
    expect(breakClass(gone, 'Error [ERR_REQUIRE_ESM]: require() of ES Module')).toBe('ESM-only release');
    expect(breakClass(gone, 'all as expected')).toBeNull();
    expect(breakClass([], 'ERR_REQUIRE_ESM')).toBeNull();
  });
});
