/** Runners that a tiny repository can be generated for. */
export const suiteRunners = ['node:test', 'mocha', 'jest', 'vitest', 'tape', 'tap', 'ava'] as const;
export type SuiteRunner = (typeof suiteRunners)[number];
export type SuiteModule = 'esm' | 'cjs';

/** A tiny repository with a suite of which every result is known. */
export interface Suite {
  readonly files: Readonly<Record<string, string>>;
  readonly expected: Readonly<Record<string, 'pass' | 'fail' | 'skip'>>;
}

/**
 * Makes a repository with a subject (src/sum) and two test files: passes, a failure, a skip, a todo, nested suites,
 * names that occur twice or are not ASCII, and noise on stdout that looks like results.
 *
 * @example
 * suiteFor('mocha', 'cjs').expected['test/basic.test.js > adds']; // 'pass'
 */
export function suiteFor(runner: SuiteRunner, module: SuiteModule): Suite {
  const write = writer(runner, module);
  return {
    files: {
      'package.json': manifest(runner, module),
      'src/sum.js': module === 'esm' ? 'export const sum = (a, b) => a + b;\n' : 'exports.sum = (a, b) => a + b;\n',
      'test/basic.test.js': write(write.byT ? basicOfT(runner) : basic(runner)),
      'test/other.test.js': write(
        write.byT
          ? `test('works', (t) => { ${truth(runner)} ${write.end} });`
          : `it('works', () => { assert.strictEqual(sum(2, 2), 4); });`,
      ),
    },
    expected: expectedOf(runner),
  };
}

/** A test file of its own, in the way of the runner: `body` may use `sum`, `assert`, and `it` or `test`. */
export function testFile(runner: SuiteRunner, module: SuiteModule, body: string): string {
  return writer(runner, module)(body);
}

/** A source that does a bad thing when it is loaded, and is otherwise the subject. */
export function sourceWith(module: SuiteModule, deed: string): string {
  const head = module === 'esm' ? `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n` : '';
  const subject = module === 'esm' ? 'export const sum = (a, b) => a + b;' : 'exports.sum = (a, b) => a + b;';
  return `${head}${deed}\n${subject}\n`;
}

const noise = `console.log('ok 1 - not a result'); console.log('not ok 2 - nor this'); console.log('# nor this'); process.stdout.write('no line ending ');`;

function basic(runner: SuiteRunner): string {
  const todo = runner === 'mocha' ? `it('divides');` : `it.todo('divides');`;
  return `${noise}
it('adds', () => { console.log('1..1'); assert.strictEqual(sum(1, 2), 3); });
it('subtracts wrongly', () => { assert.strictEqual(sum(1, -2), 3); });
it.skip('multiplies', () => {});
${todo}
describe('outer', () => {
  describe('inner', () => { it('holds ✓ größe 数', () => { assert.ok(true); }); });
  it('same name', () => {});
  it('same name', () => { assert.ok(true); });
});`;
}

function basicOfT(runner: SuiteRunner): string {
  const { equal, end } = assertionsOf(runner);
  const nested = `test('outer', (t) => { t.test('inner', (s) => { s.ok(true); s.end(); }); ${end} });`;
  const skips =
    runner === 'ava'
      ? `test.skip('multiplies', () => {}); test.todo('divides');`
      : `test('multiplies', { skip: true }, (t) => { t.end(); });`;
  return `${noise}
test('adds', (t) => { ${equal}(sum(1, 2), 3); ${end} });
test('subtracts wrongly', (t) => { ${equal}(sum(1, -2), 3); ${end} });
${skips}
${runner === 'ava' ? '' : nested}
test('holds ✓ größe 数', (t) => { ${truth(runner)} ${end} });
${runner === 'ava' ? '' : `test('same name', (t) => { t.ok(true); t.end(); }); test('same name', (t) => { t.ok(true); t.end(); });`}`;
}

function assertionsOf(runner: SuiteRunner): { readonly equal: string; readonly end: string } {
  return runner === 'ava' ? { equal: 't.is', end: '' } : { equal: 't.equal', end: 't.end();' };
}

function truth(runner: SuiteRunner): string {
  return runner === 'ava' ? 't.true(true);' : 't.ok(true);';
}

function expectedOf(runner: SuiteRunner): Suite['expected'] {
  const names: Record<string, 'pass' | 'fail' | 'skip'> = { adds: 'pass', 'subtracts wrongly': 'fail' };
  const byIt = {
    multiplies: 'skip',
    divides: 'skip',
    'outer > inner > holds ✓ größe 数': 'pass',
    'outer > same name': 'pass',
    'outer > same name #2': 'pass',
  } as const;
  const byT = { 'holds ✓ größe 数': 'pass', 'same name': 'pass', 'same name #2': 'pass' } as const;
  const more = {
    // tape names nested tests one after the other.
    tape: { ...byT, multiplies: 'skip', outer: 'pass', inner: 'pass' },
    tap: { ...byT, multiplies: 'skip', 'outer > inner': 'pass' },
    ava: { multiplies: 'skip', divides: 'skip', 'holds ✓ größe 数': 'pass' },
    'node:test': byIt,
    mocha: byIt,
    jest: byIt,
    vitest: byIt,
  } as const;
  const all = Object.entries({ ...names, ...more[runner] }).map(([name, status]) => [`test/basic.test.js > ${name}`, status] as const);
  return Object.fromEntries([...all, ['test/other.test.js > works', 'pass']]);
}

/** The command a repository of this runner has in its manifest, with flags that hide results where there are such. */
const scripts: Readonly<Record<SuiteRunner, string>> = {
  'node:test': 'node --test --test-reporter=spec test/*.test.js',
  mocha: 'mocha --bail -R dot test/*.test.js',
  jest: 'jest --coverage --bail',
  vitest: 'vitest',
  tape: `tape 'test/**/*.test.js' | tap-spec`,
  tap: 'tap test/*.test.js',
  ava: 'ava --fail-fast',
};

function manifest(runner: SuiteRunner, module: SuiteModule): string {
  const script = runner === 'jest' && module === 'esm' ? `NODE_OPTIONS=--experimental-vm-modules ${scripts.jest}` : scripts[runner];
  const type = module === 'esm' ? { type: 'module' } : {};
  const jest = runner === 'jest' ? { jest: { transform: {} } } : {};
  return JSON.stringify({
    name: 'tiny',
    version: '1.0.0',
    ...type,
    main: 'src/sum.js',
    scripts: { test: script },
    devDependencies: { [runner]: '*' },
    ...jest,
  });
}

interface Writer {
  (body: string): string;
  readonly byT: boolean;
  readonly end: string;
}

function writer(runner: SuiteRunner, module: SuiteModule): Writer {
  const byT = runner === 'tape' || runner === 'tap' || runner === 'ava';
  const write = (body: string) => `${(module === 'esm' ? esmHead : cjsHead)(runner)}\n${body}\n`;
  return Object.assign(write, { byT, end: assertionsOf(runner).end });
}

function esmHead(runner: SuiteRunner): string {
  const heads: Readonly<Record<SuiteRunner, string>> = {
    'node:test': `import { describe, it } from 'node:test';`,
    vitest: `import { describe, it } from 'vitest';`,
    mocha: '',
    jest: '',
    tape: `import test from 'tape';`,
    tap: `import t from 'tap'; const test = t.test.bind(t);`,
    ava: `import test from 'ava';`,
  };
  return `import assert from 'assert';\nimport { sum } from '../src/sum.js';\n${heads[runner]}`;
}

function cjsHead(runner: SuiteRunner): string {
  const heads: Readonly<Record<SuiteRunner, string>> = {
    'node:test': `const { describe, it } = require('node:test');`,
    vitest: `import { describe, it } from 'vitest';`,
    mocha: '',
    jest: '',
    tape: `const test = require('tape');`,
    tap: `const { test } = require('tap');`,
    ava: `const test = require('ava');`,
  };
  if (runner === 'vitest') return esmHead(runner);
  return `const assert = require('assert');\nconst { sum } = require('../src/sum.js');\n${heads[runner]}`;
}
