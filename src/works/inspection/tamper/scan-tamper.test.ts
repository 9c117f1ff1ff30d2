import { describe, expect, it } from 'vitest';
import type { PatchFile } from '../scope/index.ts';
import { refuses } from './rules.ts';
import { scanTamper } from './scan-tamper.ts';
import { tamperFact } from './tamper-fact.ts';

type Tree = Readonly<Record<string, string>>;

function patchOf(before: Tree, after: Tree): readonly PatchFile[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((path) => ({
    path,
    from: null,
    status: path in before ? (path in after ? 'modified' : 'deleted') : 'added',
    oldMode: null,
    newMode: null,
    binary: false,
    added: [],
  }));
}

const scan = (before: Tree, after: Tree, tests: Tree = {}) =>
  scanTamper({
    before: new Map(Object.entries(before)),
    after: new Map(Object.entries(after)),
    files: patchOf(before, after),
    tests: new Map(Object.entries(tests)),
  });
const rulesOf = (before: Tree, after: Tree, tests?: Tree): readonly string[] =>
  [...new Set(scan(before, after, tests).findings.map((found) => found.rule))].sort();
const refusing = (before: Tree, after: Tree): readonly string[] =>
  [
    ...new Set(
      scan(before, after)
        .findings.filter(refuses)
        .map((found) => found.rule),
    ),
  ].sort();

const head = "const assert = require('assert');\n";
const body = '  const sum = add(2, 3);\n  assert.strictEqual(sum, 5);\n  assert.deepStrictEqual([sum], [5]);';
const two = `${head}describe('add', () => {\n it('adds', () => {\n${body}\n });\n it('adds nothing', () => { assert.strictEqual(add(0, 0), 0); });\n});\n`;
const edit = (from: string, to: string): Tree => {
  if (!two.includes(from)) throw new Error(`no "${from}" in the test`);
  return { 'test/add.test.js': two.replace(from, to) };
};
const before = { 'test/add.test.js': two };

describe('tests of a change', () => {
  it.each([
    ['deletes the failing test', edit(" it('adds nothing', () => { assert.strictEqual(add(0, 0), 0); });\n", ''), 'test-deleted'],
    ['skips a test', edit("it('adds'", "it.skip('adds'"), 'test-skipped'],
    ['skips a suite', edit("describe('add'", "describe.skip('add'"), 'test-skipped'],
    ['skips with an x', edit("it('adds'", "xit('adds'"), 'test-skipped'],
    ['marks as todo', edit("it('adds'", "it.todo('adds'"), 'test-skipped'],
    ['expects the failure', edit("it('adds'", "it.failing('adds'"), 'test-skipped'],
    ['skips by an option', edit("it('adds', ()", "it('adds', { skip: true }, ()"), 'test-skipped'],
    ['skips from within', edit('  const sum', '  this.skip();\n  const sum'), 'test-skipped'],
    ['leaves the body out', edit("it('adds nothing', () => { assert.strictEqual(add(0, 0), 0); })", "it('adds nothing')"), 'test-skipped'],
    ['runs only the other', edit("it('adds nothing'", "it.only('adds nothing'"), 'test-only'],
    ['runs only a new one', edit("it('adds nothing'", "it.only('new', () => { assert.ok(true); });\n it('adds nothing'"), 'test-only'],
    ['empties the body', edit(body, ''), 'test-emptied'],
    ['returns at once', edit('  const sum', '  return;\n  const sum'), 'test-returns-early'],
    [
      'returns under a condition',
      edit('  assert.strictEqual(sum', '  if (sum !== 5) return;\n  assert.strictEqual(sum'),
      'test-returns-early',
    ],
    ['deletes the failing assertion', edit('  assert.strictEqual(sum, 5);\n', ''), 'assertion-removed'],
    ['comments the assertion out', edit('  assert.strictEqual(sum, 5);\n', '  // assert.strictEqual(sum, 5);\n'), 'assertion-removed'],
    ['asks for less', edit('assert.strictEqual(sum, 5)', 'assert.ok(sum)'), 'assertion-loosened'],
    ['asks for no equality', edit('assert.strictEqual(sum, 5)', 'assert.notStrictEqual(sum, undefined)'), 'assertion-loosened'],
    ['rewrites the expected value', edit('assert.strictEqual(sum, 5)', 'assert.strictEqual(sum, -1)'), 'assertion-value-changed'],
    ['rewrites the input', edit('assert.strictEqual(add(0, 0), 0)', 'assert.strictEqual(add(0, 1), 0)'), 'assertion-value-changed'],
    ['compares with itself', edit('assert.strictEqual(sum, 5)', 'assert.strictEqual(sum, sum)'), 'assertion-changed'],
    ['catches the failure', edit('assert.strictEqual(sum, 5);', 'try { assert.strictEqual(sum, 5); } catch {}'), 'assertion-swallowed'],
    [
      'asserts under a condition',
      edit('assert.strictEqual(sum, 5);', 'if (sum === 5) assert.strictEqual(sum, 5);'),
      'assertion-conditional',
    ],
    ['asserts after a shortcut', edit('assert.strictEqual(sum, 5);', 'sum === 5 && assert.strictEqual(sum, 5);'), 'assertion-conditional'],
    [
      'asserts too late',
      edit('assert.strictEqual(sum, 5);', 'setTimeout(() => { assert.strictEqual(sum, 5); });'),
      'assertion-conditional',
    ],
    ['gives more time', edit("it('adds', () => {", "it('adds', function () { this.timeout(60000);"), 'limit-widened'],
    ['tries again', edit("describe('add', () => {", "describe('add', function () { this.retries(3);"), 'limit-widened'],
  ] as const)('%s: refused', (_, after, rule) => {
    expect(refusing(before, after)).toContain(rule);
  });

  it.each([
    ['expect(x).to.deep.equal({ a: 1 });', 'expect(x).to.be.ok;', 'assertion-loosened'],
    ['expect(x).toBe(5);', 'expect(x).toBeTruthy();', 'assertion-loosened'],
    ['expect(x).toEqual({ a: 1 });', 'expect(x).toEqual(expect.anything());', 'assertion-loosened'],
    ['expect(x).toEqual({ a: 1 });', 'expect(x).toMatchObject({});', 'assertion-loosened'],
    ['expect(x).toBeCloseTo(0.3, 10);', 'expect(x).toBeCloseTo(0.3, 0);', 'assertion-value-changed'],
    ['t.deepEqual(x, [1]);', 't.truthy(x);', 'assertion-loosened'],
    ['t.equal(x, 1);', 't.pass();', 'assertion-loosened'],
    ['x.should.equal(1);', 'x.should.exist;', 'assertion-loosened'],
    ["await assert.rejects(x, { code: 'E' });", 'await assert.doesNotReject(x);', 'assertion-changed'],
    ['t.plan(2);', 't.plan(1);', 'assertion-value-changed'],
  ])('%s becomes %s: %s', (old, now, rule) => {
    const test = (line: string): Tree => ({ 'src/a.spec.ts': `test('a', async (t) => { const x: unknown = f(); ${line} });` });
    expect(refusing(test(old), test(now))).toEqual([rule]);
  });

  it('sees rows taken from the table of a repeated test', () => {
    const test = (table: string): Tree => ({ 'a.test.ts': `test.each(${table})('adds %i', (n) => { expect(f(n)).toBe(n); });` });
    expect(refusing(test('[1, 2]'), test('[1]'))).toEqual(['test-table-changed']);
  });

  it('sees a test file that is gone, moved to where no runner looks, or given another ending', () => {
    expect(refusing(before, {})).toEqual(['test-deleted', 'test-file-deleted']);
    expect(refusing(before, { 'old/add.js': two })).toEqual(['test-deleted', 'test-file-deleted']);
    expect(refusing(before, { 'test/add.test.js.bak': two })).toEqual(['test-deleted', 'test-file-deleted']);
  });

  it('has nothing against tests that are added, moved among tests, formatted, renamed, or held together by a suite', () => {
    expect(
      refusing(before, edit("it('adds nothing'", "it('adds more', () => { assert.strictEqual(add(7, 7), 14); });\n it('adds nothing'")),
    ).toEqual([]);
    expect(
      refusing(before, edit('  assert.deepStrictEqual([sum], [5]);', '  assert.deepStrictEqual([sum], [5]);\n  assert.ok(sum > 4);')),
    ).toEqual([]);
    expect(refusing({}, { 'test/new.test.js': two })).toEqual([]);
    expect(refusing(before, { 'test/unit/add.test.js': two })).toEqual([]);
    const formatted = two.replaceAll(';', '').replaceAll("'adds'", '"adds"').replace('[sum], [5]', '\n    [sum],\n    [5],\n  ');
    expect(rulesOf(before, { 'test/add.test.js': formatted }).filter((rule) => rule !== 'test-edited')).toEqual([]);
    expect(rulesOf(before, edit("'adds nothing'", "'adds zeros'"))).toEqual(['test-renamed']);
    expect(rulesOf(before, edit('const sum = add(2, 3)', 'const sum = sumOf([2, 3])'))).toEqual(['test-edited']);
  });
});

describe('recorded expectations and settings of a change', () => {
  const snap = (value: string): Tree => ({ 'src/__snapshots__/a.test.js.snap': `// v1\n\nexports[\`a 1\`] = \`${value}\`;\n` });

  it('refuses an overwritten or removed snapshot, and lets new ones come', () => {
    expect(refusing(snap('1'), snap('2'))).toEqual(['snapshot-changed']);
    expect(refusing(snap('1'), {})).toEqual(['snapshot-changed']);
    const grown = Object.fromEntries(Object.entries(snap('1')).map(([path, text]) => [path, `${text}\nexports[\`b 1\`] = \`2\`;\n`]));
    expect(refusing(snap('1'), grown)).toEqual([]);
    expect(refusing({}, snap('1'))).toEqual([]);
  });

  it.each([
    ['test/fixtures/in.json', '{}', '[]', 'fixture-changed'],
    ['.mocharc.json', undefined, '{"bail":true}', 'runner-config-changed'],
    ['jest.config.js', 'module.exports = {};', 'module.exports = { passWithNoTests: true };', 'runner-config-changed'],
    ['tsconfig.json', '{"strict":true}', '{}', 'runner-config-changed'],
    ['.github/workflows/ci.yml', 'a', 'b', 'ci-changed'],
    ['.husky/pre-commit', 'a', 'b', 'hook-changed'],
    ['.npmrc', undefined, 'ignore-scripts=false', 'npm-config-changed'],
    ['__mocks__/chai.js', undefined, 'module.exports = {};', 'mock-changed'],
    ['node_modules/chai/index.js', undefined, '', 'installed-package-changed'],
  ])('%s: refused', (path, old, now, rule) => {
    expect(refusing(old === undefined ? {} : { [path]: old }, { [path]: now })).toEqual([rule]);
  });

  const manifest = (members: object): Tree => ({
    'package.json': JSON.stringify({ name: 'a', scripts: { test: 'mocha' }, ...members }, null, 2),
  });

  it.each([
    ['script-changed', { scripts: { test: 'exit 0' } }],
    ['script-changed', { scripts: {} }],
    ['script-changed', { scripts: { test: 'mocha', pretest: 'node fake.js' } }],
    ['install-script-added', { scripts: { test: 'mocha', postinstall: 'node x.js' } }],
    ['manifest-changed', { type: 'module' }],
    ['manifest-changed', { exports: './fake.js' }],
    ['manifest-changed', { mocha: { grep: 'a' } }],
    ['manifest-changed', { devDependencies: { chai: 'file:./fake' } }],
  ])('%s for package.json with %j', (rule, members) => {
    expect(refusing(manifest({}), manifest(members))).toEqual([rule]);
  });

  it('has nothing against moved packages, a version, or a script beside the others', () => {
    expect(
      refusing(
        manifest({ dependencies: { ms: '^2.0.0' } }),
        manifest({ dependencies: { ms: '^3.0.0' }, version: '2.0.0', overrides: { ms: '3.0.0' } }),
      ),
    ).toEqual([]);
    expect(rulesOf(manifest({}), manifest({ scripts: { test: 'mocha', lint: 'eslint .' } }))).toEqual(['script-added']);
  });

  it('points at the line of the script', () => {
    expect(scan(manifest({}), manifest({ scripts: { test: 'exit 0' } })).findings[0]).toMatchObject({
      line: 4,
      message: expect.stringContaining('mocha -> exit 0'),
    });
  });
});

describe('source of a change', () => {
  const base = "'use strict';\nfunction add(a, b) { return a - b; }\nmodule.exports = { add };\n";

  it.each([
    ['process.exit(0);', 'early-exit'],
    ["process['exit'](0);", 'early-exit'],
    ['globalThis.process.exit(0);', 'early-exit'],
    ['globalThis["process"]["exit"](0);', 'early-exit'],
    ["require('process').exit(0);", 'early-exit'],
    ["const { exit } = require('node:process'); exit(0);", 'early-exit'],
    ['const { exit } = process; exit();', 'early-exit'],
    ['const p = process; p.exit();', 'early-exit'],
    ['const leave = process.reallyExit; leave(0);', 'early-exit'],
    ["process.kill(process.pid, 'SIGKILL');", 'early-exit'],
    ['process.abort();', 'early-exit'],
    ['process.exit = () => {};', 'early-exit'],
    ['process.exitCode = 0;', 'early-exit'],
    ["process.on('exit', () => {});", 'exit-handler'],
    ["process.once('beforeExit', () => { done(); });", 'exit-handler'],
    ["const assert = require('assert'); assert.strictEqual = () => {};", 'assertion-library-stubbed'],
    ["require('assert').equal = () => {};", 'assertion-library-stubbed'],
    ["require('node:assert')['equal'] = () => {};", 'assertion-library-stubbed'],
    ["const a = require('node:assert/strict'); for (const k of Object.keys(a)) a[k] = () => {};", 'assertion-library-stubbed'],
    ["const a = require('assert'); const b = a; b.ok = () => {};", 'assertion-library-stubbed'],
    ["Object.assign(require('assert'), { equal() {} });", 'assertion-library-stubbed'],
    ["const a = require('assert'); Object.defineProperty(a, 'equal', { value() {} });", 'assertion-library-stubbed'],
    ["const { Assertion } = require('chai'); Assertion.prototype.assert = () => {};", 'assertion-library-stubbed'],
    ['globalThis.it = () => {};', 'runner-patched'],
    ["global['describe'] = () => {};", 'runner-patched'],
    ['globalThis.expect = () => new Proxy({}, {});', 'runner-patched'],
    ['for (const k of names) globalThis[k] = noop;', 'runner-patched'],
    ["Object.defineProperty(globalThis, 'test', { value: noop });", 'runner-patched'],
    ["delete require.cache[require.resolve('x')];", 'loader-patched'],
    ["const Module = require('module'); const old = Module._load; Module._load = (...a) => old(...a);", 'loader-patched'],
    ["const m = require('node:module'); m.registerHooks({});", 'loader-patched'],
    ['Object.is = () => true;', 'builtin-patched'],
    ['Array.prototype.map = function () {};', 'builtin-patched'],
    ["Object.defineProperty(Error.prototype, 'stack', {});", 'builtin-patched'],
    ["const { expect } = require('chai');", 'test-library-in-source'],
    ["const r = require('mocha/lib/runner');", 'test-library-in-source'],
    ["import('vitest');", 'test-library-in-source'],
    ["if (process.env.NODE_ENV === 'test') return 5;", 'test-detected'],
    ['if (process.env.JEST_WORKER_ID) return 5;', 'test-detected'],
    ["if ('VITEST' in process.env) return 5;", 'test-detected'],
    ['const { npm_lifecycle_event: name } = process.env;', 'test-detected'],
    ["if (process.argv.some((arg) => arg.includes('mocha'))) return 5;", 'test-detected'],
    ["if (process.argv[1].endsWith('jest.js')) return 5;", 'test-detected'],
    ["if (typeof describe === 'function') return 5;", 'test-detected'],
    ['if (globalThis.it) return 5;', 'test-detected'],
    ["if (new Error().stack.includes('test')) return 5;", 'stack-inspected'],
    ['try { boom(); } catch (error) { if (/mocha/.test(error.stack)) return 5; }', 'stack-inspected'],
    ["require('fs').writeFileSync('test/add.test.js', '');", 'writes-test-files'],
    ["require('node:fs').writeFileSync(process.argv[3], '{}');", 'writes-test-files'],
    ["eval('pro' + 'cess.exit(0)');", 'dynamic-code'],
    ["new Function('return process')().exit(0);", 'dynamic-code'],
    ["process['ex' + 'it'](0);", 'dynamic-code'],
    ["globalThis['pro' + 'cess'].exit(0);", 'dynamic-code'],
  ])('%s: refused', (line, rule) => {
    expect(refusing({ 'src/add.js': base }, { 'src/add.js': `${base}${line}\n` })).toContain(rule);
    expect(refusing({}, { 'src/new.ts': `${line}\n` })).toContain(rule);
  });

  it.each([
    'if (typeof a !== "number") throw new TypeError(`no number: ${a}`);',
    "const assert = require('node:assert'); assert(a > 0);",
    'const test = /x/.test(a); const it = items[Symbol.iterator]();',
    'class Test { expect(token) { this.tokens.expect(token); } }',
    'const context = { test: 1, after: 2 }; context.test = 3;',
    "if (process.env.NODE_ENV !== 'production') console.warn('slow');",
    'const error = new Error("no"); error.code = "E"; throw error;',
    'try { f(); } catch (error) { log(error.stack); }',
    "process.on('SIGINT', () => stop());",
    "const args = process.argv.slice(2); if (args.includes('--help')) help();",
    'require("fs").writeFileSync(target, text);',
    'const key = Symbol.for("a"); globalThis[key] ??= new Map();',
    'String(a).replace(/a/g, (m) => m); Object.keys(a).forEach((k) => { b[k] = a[k]; });',
    'window.localStorage.setItem("a", "b"); self.postMessage(1);',
    'function describe(x) { return x; } describe(1);',
    'module.exports.equal = equal; exports.assert = check;',
    'Object.defineProperty(exports, "__esModule", { value: true });',
    'Foo.prototype.bar = function () {}; MyError.prototype = Object.create(Error.prototype);',
  ])('%s: nothing against it', (line) => {
    expect(refusing({ 'src/add.js': base }, { 'src/add.js': `${base}${line}\n` })).toEqual([]);
  });

  it('has nothing against exits and handlers that were there before, moved or edited around', () => {
    const cli = "process.on('exit', clean);\nif (bad) process.exit(1);\n";
    expect(refusing({ 'bin/cli.js': cli }, { 'bin/cli.js': `${cli}\nrun();\n` })).toEqual([]);
    expect(refusing({ 'bin/cli.js': cli }, { 'lib/cli.mjs': cli })).toEqual([]);
    expect(refusing({ 'bin/cli.js': cli }, { 'bin/cli.js': cli.replace('exit(1)', 'exit(code)') })).toEqual([]);
  });

  it('remarks on a value of the tests that appears in a new comparison, without refusing', () => {
    const tests = { 'test/slug.test.js': "it('a', () => assert.equal(slug('Crème Brûlée'), 'creme-brulee'));" };
    const cheat = { 'src/slug.js': "exports.slug = (text) => { if (text === 'Crème Brûlée') return 'creme-brulee'; return text; };" };
    const findings = scan({ 'src/slug.js': 'exports.slug = (text) => text;' }, cheat, tests).findings;
    expect(findings.map((found) => found.rule)).toEqual(['special-case']);
    expect(findings.filter(refuses)).toEqual([]);
  });

  const suite = {
    'test/slug.test.js':
      "it('a', () => assert.equal(slug('Crème Brûlée'), 'creme-brulee')); it('b', () => assert.equal(color('#aabbcc'), 'grey'));",
  };
  const answering = (line: string): readonly string[] => {
    const slug = (first: string): string => `exports.slug = (text) => { ${first} return text.toLowerCase(); };`;
    return scan({ 'src/slug.js': slug('') }, { 'src/slug.js': slug(line) }, suite).findings.map(({ rule, line: at }) => `${rule}:${at}`);
  };

  it.each([
    "if (text.length === 12 && text[0] === 'C') return ['creme', 'brulee'].join('-');",
    "if (text.length === 12 && text[0] === 'C') return 'creme-brulee';",
    "if (12 === text.length && (text.charAt(0) === 'C')) { return `creme-brulee`; }",
    "if (text.length == 12 && text.codePointAt(0) == 67) return 'creme-brulee';",
    "if (text.endsWith('ée') && text.length === 12) return 'creme-brulee';",
    "const x = text.length === 12 && text.includes('Br') ? 'creme-brulee' : null;",
    "if (isOdd(text)) return 'creme'.concat('-', 'brulee');",
  ])('remarks on an answer for a tested value that is known by its shape: %s', (line) => {
    expect(answering(line)).toEqual(['special-case:1']);
  });

  it.each([
    "if (text.length === 0) return 'creme-brulee';",
    "if (!text) return 'grey';",
    "if (typeof text !== 'string') return 'grey';",
    "if (text.length === 7 && text[0] === '#') return parse(text.slice(1));",
    "if (text.length === 7 && text[0] === '#') return true;",
    "if (text.length === 9 && text[0] === '#') return 'grey';",
    "if (text.startsWith('Crème') && text.endsWith('lée')) return 'creme-brulee';",
    "if (text.length > 10 && text[0] === 'C') return 'creme-brulee';",
    "if (text.length === 12 && other[0] === 'C') return 'creme-brulee';",
    "if (isOdd(text)) return ['creme', text].join('-');",
    "if (isOdd(text)) return 'cre' + 'me-brulee';",
    "if (text.length === 12 && text[0] === 'C') { log(text); return 'creme-brulee'; }",
  ])('has no remark on an ordinary guard: %s', (line) => {
    expect(answering(line)).toEqual([]);
  });

  it('has no remark on an answer that was there before', () => {
    const was = "exports.f = (text) => { if (text.length === 12 && text[0] === 'C') return 'creme-brulee'; };";
    expect(scan({ 'src/a.js': was }, { 'src/a.js': `${was}\nexports.g = 1;` }, suite).findings).toEqual([]);
  });

  it.each(['jsx', 'tsx'])('reads %s', (extension) => {
    const component = 'export const App = () => <div className="a">{process.env.NODE_ENV === \'test\' ? 1 : 2}</div>;';
    expect(refusing({}, { [`src/app.${extension}`]: component })).toEqual(['test-detected']);
  });
});

describe('a scan that sees nothing', () => {
  const files = patchOf({}, { 'src/a.js': '' });

  it('is unknown, never a pass', () => {
    expect(tamperFact(scanTamper({ before: new Map(), after: new Map(), files }))).toMatchObject({
      outcome: 'unknown',
      code: 'not-scanned',
      data: { filesScanned: 0 },
    });
    expect(tamperFact(scanTamper({ before: new Map(), after: new Map(), files: [] }))).toMatchObject({
      outcome: 'unknown',
      code: 'nothing-scanned',
    });
  });

  it('is unknown where a file became something that cannot be understood', () => {
    expect(tamperFact(scan({ 'src/a.js': 'f();' }, { 'src/a.js': 'f(((;;' }))).toMatchObject({ outcome: 'unknown', code: 'not-scanned' });
  });

  it('holds for an honest change and says how many files it looked at', () => {
    const found = tamperFact(scan({ 'src/a.js': 'f(1);', 'README.md': 'a' }, { 'src/a.js': 'f(2);', 'README.md': 'b' }));
    expect(found).toMatchObject({ outcome: 'holds', data: { filesScanned: 2, findings: [] } });
  });

  it('names the first finding where it refuses', () => {
    expect(tamperFact(scan(before, edit("it('adds'", "it.skip('adds'"))).summary).toContain('test/add.test.js:3');
  });
});
