import { afterEach, describe, expect, it } from 'vitest';
import { tempWorkspace } from '../../../../kit/runner/index.ts';
import type { Workspace } from '../../../core/ports/floor.ts';
import { type DetectOptions, type TestPlan, detectRunner } from './index.ts';

const open: Workspace[] = [];
afterEach(() => Promise.all(open.splice(0).map((workspace) => workspace.destroy())));

const bins = { mocha: 'bin/mocha.js', jest: 'bin/jest.js', vitest: 'vitest.mjs', tape: 'bin/tape', tap: 'bin/run.js', ava: 'cli.mjs' };
const installed = Object.fromEntries(
  Object.entries(bins).map(([name, bin]) => [
    `node_modules/${name}/package.json`,
    JSON.stringify({ name, version: '20.1.2', bin: { [name]: `./${bin}` } }),
  ]),
);
const suite = {
  'test/a.js': `require('../src/x');\nit('a', () => {});\n`,
  'test/b.test.js': `const { expect } = require('chai');`,
  'test/deep/c.spec.ts': '',
  'src/x.js': '',
};

async function detect(manifest: object, files: Readonly<Record<string, string>> = suite, options: DetectOptions = {}) {
  const workspace = await tempWorkspace({ ...installed, ...files });
  open.push(workspace);
  return detectRunner(workspace, '', manifest, options);
}

async function planOf(test: string, more: object = {}, files: Readonly<Record<string, string>> = suite): Promise<TestPlan> {
  const found = await detect({ scripts: { test, ...more } }, files);
  if (found.kind === 'none') throw new Error(found.message);
  return found.plan;
}

const shown = (plan: TestPlan) => plan.argv.join(' ').replaceAll(/ ?--reporters?=?[= ]\S*(?:jidoka|tap)\S*| --test-reporter\S+/g, '');

describe('the command is the factory’s own, made of the repository’s', () => {
  it.each<[string, string, object?]>([
    [
      'NODE_ENV=test mocha --bail -R dot -r ts-node/register --timeout 5000 test',
      'node node_modules/mocha/bin/mocha.js -r ts-node/register --timeout 5000 test',
    ],
    ['nyc --reporter=lcov mocha', 'node node_modules/mocha/bin/mocha.js ./test'],
    [`c8 -r text npm run -s unit`, `node node_modules/mocha/bin/mocha.js test/**/*.js`, { unit: `npx mocha --forbid-only 'test/**/*.js'` }],
    ['npm run unit -- --grep slow', 'node node_modules/mocha/bin/mocha.js --grep slow ./test', { unit: 'mocha' }],
    ['run-s lint unit:*', 'node node_modules/mocha/bin/mocha.js test/a.js', { lint: 'eslint .', 'unit:node': 'mocha test/a.js' }],
    ['node --loader x ./node_modules/.bin/mocha test/*.js', 'node --loader x node_modules/mocha/bin/mocha.js test/a.js test/b.test.js'],
    ['istanbul cover _mocha -- -u tdd', 'node node_modules/mocha/bin/mocha.js -u tdd ./test'],
    [
      'NODE_OPTIONS=--experimental-vm-modules npx jest --coverage --ci=false -u',
      'node node_modules/jest/bin/jest.js --ci --coverage=false --bail=0',
    ],
    [
      'jest --config jest.unit.json --watchAll test/unit',
      'node node_modules/jest/bin/jest.js --config jest.unit.json --ci --coverage=false --bail=0 test/unit',
    ],
    [
      'vitest --coverage.enabled --pool threads',
      'node node_modules/vitest/vitest.mjs run --pool threads --coverage.enabled=false --bail=0',
    ],
    ['vitest run unit', 'node node_modules/vitest/vitest.mjs run --coverage.enabled=false --bail=0 unit'],
    [`xo && tape 'test/**/*.js' | tap-spec`, 'node .jidoka-run/tape-driver.cjs [] test/a.js test/b.test.js'],
    ['xo && ava --fail-fast --verbose', 'node node_modules/ava/cli.mjs --tap --no-fail-fast'],
    [
      'tap --bail --100 test/*.js',
      'node node_modules/tap/bin/run.js --no-bail --disable-coverage --allow-empty-coverage test/a.js test/b.test.js',
    ],
    ['node --import tsx --test --test-only --watch test/*.test.js', 'node --import tsx --test test/b.test.js'],
    ['tsx --test', 'node --import tsx --test'],
    ['node test/a.js', 'node --test test/a.js'],
    ['(cd . ; node --test)', 'node --test'],
  ])('%s', async (script, expected, more: object = {}) => {
    expect(shown(await planOf(script, more))).toBe(expected);
  });
  it('keeps the environment of the script and adds what keeps snapshots unwritten', async () => {
    expect((await planOf('cross-env TZ=UTC A=$B jest')).env).toEqual({ TZ: 'UTC', CI: '1' });
  });
  it('takes over specs of a configuration and undoes its bail', async () => {
    const plan = await planOf('mocha', {}, { ...suite, '.mocharc.yml': 'bail: true\nspec: [test/deep/*.ts]\n' });
    expect(shown(plan)).toBe('node node_modules/mocha/bin/mocha.js --no-bail test/deep/*.ts');
    expect(plan.files).toEqual(['test/deep/c.spec.ts']);
  });
});

describe('what is around the tests', () => {
  it('names what prepares them and what it does not run', async () => {
    const plan = await planOf('npm run lint && rm -rf out && npm run build && mocha && vitest run', {
      lint: 'eslint .',
      build: 'tsc -p .',
      pretest: 'node scripts/gen.js',
    });
    expect(plan.prepare).toEqual(['node scripts/gen.js', 'rm -rf out', 'tsc -p .']);
    expect(plan.uncovered).toEqual(['scripts.test: vitest run']);
    expect(plan.reason).toBe('scripts.test: mocha');
  });
  it('sees the runner inside a script that node starts', async () => {
    const files = { 'test/index.js': `require('./one');`, 'test/one.js': `var test = require('tape');` };
    expect(await planOf('node test', {}, files)).toMatchObject({ runner: 'tape', files: ['test/index.js', 'test/one.js'] });
    expect(await planOf('node test/index.js', {}, files)).toMatchObject({ runner: 'tape', files: ['test/index.js'] });
  });
  it('reads how the suite is written', async () => {
    const { style } = await planOf('mocha test/a.js test/b.test.js');
    expect(style).toEqual({ sample: 'test/b.test.js', module: 'cjs', assertions: ['chai', 'globals'], loads: ['./src/x.js'], early: true });
  });
  it('finds a runner by the dependencies where no script names one', async () => {
    expect(await detect({ devDependencies: { ava: '*' } })).toMatchObject({
      kind: 'plan',
      plan: { runner: 'ava', reason: 'devDependencies.ava' },
    });
  });
  it('takes a command that writes JUnit XML before all else', async () => {
    const found = await detect({ scripts: { test: 'mocha' } }, suite, {
      junit: { command: ['npx', 'karma'], resultFile: 'out/junit.xml' },
    });
    expect(found).toMatchObject({ kind: 'plan', plan: { runner: 'junit', argv: ['npx', 'karma'], resultFile: 'out/junit.xml' } });
  });
  it.each([
    ['no-tests', { scripts: { test: 'echo "Error: no test specified" && exit 1' } }],
    ['no-tests', {}],
    ['runner-unknown', { scripts: { test: 'karma start' } }],
    ['runner-unknown', { scripts: { test: 'make check' } }],
    ['runner-unknown', { scripts: { test: 'eslint . && ./run-tests.sh' } }],
    ['runner-unknown', { scripts: { test: 'npm run unit', unit: 'lab -a x' } }],
  ])('says %s', async (code, manifest) => {
    expect(await detect(manifest)).toMatchObject({ kind: 'none', code });
  });
  it('says which runner is named and not installed', async () => {
    const found = await detectRunnerWithout('mocha');
    expect(found).toMatchObject({
      kind: 'none',
      code: 'runner-unknown',
      message: expect.stringContaining('names mocha, which is not installed') as string,
    });
  });
});

async function detectRunnerWithout(tool: string) {
  const workspace = await tempWorkspace(suite);
  open.push(workspace);
  return detectRunner(workspace, '', { scripts: { test: tool } });
}
