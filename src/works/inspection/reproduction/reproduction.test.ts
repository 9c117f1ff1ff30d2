import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseDigest, type Sha256 } from '../../../core/base/ids.ts';
import type { JudgedTest } from './judge-runs.ts';
import { divided, judgeReproduction, readTests, shownFiles, type TestFile } from './index.ts';

const sha256: Sha256 = (content) => parseDigest(createHash('sha256').update(content).digest('hex'));
const subject = { files: new Set(['src/slug.js', 'bin/slug.js', 'src/index.ts', 'test/help.js']), name: 'slugs' };
const words = { text: "slug('Crème') gives 'cr-me', not 'creme'", expected: "'creme'" };
const read = (content: string, path = 'test/a.test.js') => readTests([{ path, content }], subject, words);
const test = (body: string, head = "const { slug } = require('../src/slug.js');"): string =>
  `const assert = require('node:assert');\nconst { test } = require('node:test');\n${head}\ntest('a', () => { ${body} });\n`;

describe('reading the tests of a reproduction', () => {
  it.each([
    ['by what it loads', test("assert.equal(slug('a'), 'b');")],
    ['by a name of its own', test("const got = slug('a'); assert.equal(got, 'b');")],
    [
      'through a function of its own',
      test("assert.equal(make('a'), 'b');", "const { slug } = require('../src/slug.js');\nfunction make(x) { return slug(x); }"),
    ],
    ['by the name of the package', test("assert.equal(slug('a'), 'b');", "const { slug } = require('slugs');")],
    ['by what TypeScript makes of its source', test("assert.equal(slug('a'), 'b');", "import { slug } from '../src/index.js';")],
    [
      'by a program that it starts',
      test(
        "const out = execFileSync('node', ['bin/slug.js']); assert.equal(out, 'b');",
        "const { execFileSync } = require('child_process');",
      ),
    ],
  ])('finds that it asserts something of the code %s', (_, content) => {
    expect(read(content).objection).toBeNull();
  });

  it.each([
    ['not-about-the-code', test("slug('a'); assert.equal(1, 2);")],
    ['not-about-the-code', test("assert.equal(slug('a'), 'b');", "const { slug } = require('./help.js');")],
    ['not-about-the-code', test("assert.equal(slug('a'), 'b');", "const slug = () => 'x';")],
    ['fails-by-itself', test("assert.ok(slug('a')); throw new Error('x');")],
    ['fails-by-itself', test("assert.ok(slug('a')); assert.fail('x');")],
  ])('objects with "%s"', (code, content) => {
    expect(read(content).objection).toMatchObject({ code });
  });

  it('tells what it shares with the ticket, and which tests hold the code against an exact value of it', () => {
    expect(read(test("assert.equal(slug('Crème'), 'creme');"))).toMatchObject({
      fromTicket: ['Crème', 'creme'],
      bound: ['test/a.test.js > a'],
    });
    expect(read(test("assert.ok(slug('Crème'));")).bound).toEqual([]);
    expect(read(test("assert.equal(slug('Crème'), 'cr-me');")).bound).toEqual([]);
    expect(read(test("assert.notEqual(slug('x'), 'creme');")).bound).toEqual([]);
  });
});

const judged = (did: JudgedTest['did'], more: Partial<JudgedTest> = {}): JudgedTest => ({
  id: 'test/a.test.js > a',
  did,
  message: "Expected values to be strictly equal:\n\n'cr-me' !== 'creme'",
  class: 'assertion',
  ...more,
});
const judge = (tests: readonly JudgedTest[], symptom = 'strictly equal', ticket = '') =>
  judgeReproduction({ tests, objection: null }, { objection: null }, { symptom, ticket });

describe('judging a reproduction', () => {
  it('takes tests that fail each time with the symptom, whatever the quotes and white space around it, and controls beside them', () => {
    expect(judge([judged('fails'), judged('passes', { id: 'b' })], 'equal: "cr-me" !== "creme"')).toMatchObject({
      kind: 'reproduced',
      failing: [{ id: 'test/a.test.js > a' }],
      controls: [{ id: 'b' }],
    });
  });

  it('takes tests that fail alike with other values than the one whose symptom was named', () => {
    const other = judged('fails', { id: 'b', message: "Expected values to be strictly equal:\n\n'a-b c' !== 'a-b-c'" });
    expect(judge([judged('fails'), other], 'cr-me')).toMatchObject({ kind: 'reproduced' });
    const elsewhere = judged('fails', { id: 'b', message: 'The input did not match the regular expression' });
    expect(judge([judged('fails'), elsewhere], 'cr-me')).toMatchObject({ kind: 'objection', code: 'symptom-missing' });
  });

  it.each([
    ['no-test-ran', []],
    ['passes-on-base', [judged('passes')]],
    ['wrong-reason', [judged('fails'), judged('broken', { id: 'b' })]],
    ['reproduction-unsteady', [judged('differs')]],
    ['reproduction-skipped', [judged('fails'), judged('skipped', { id: 'b' })]],
    ['symptom-missing', [judged('fails', { message: 'out of memory' })]],
    ['wrong-reason', [judged('fails', { message: 'strictly equal is not a function', class: 'export changed' })]],
  ])('objects with "%s"', (code, tests) => {
    expect(judge(tests)).toMatchObject({ kind: 'objection', code });
  });

  it('takes a message that tells of a missing name where the ticket reports just that', () => {
    const thrown = judged('fails', { message: 'text.trim is not a function', class: 'export changed' });
    expect(judge([thrown], 'trim is not a function', 'It throws: text.trim is not a function')).toMatchObject({ kind: 'reproduced' });
  });
});

describe('tests that are held out', () => {
  const tests = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `test/a.test.js > t${at}` }));

  it('are half of several, and none of one', () => {
    expect([1, 2, 3, 4, 5].map((count) => divided(tests(count), sha256).heldOut.length)).toEqual([0, 1, 1, 2, 2]);
  });

  it('are cut out of the file that is shown; one from which they cannot be cut is not shown', () => {
    const content = "const { test } = require('node:test');\ntest('one', () => { secret(1); });\nawait test('two', () => {});\n";
    const files: TestFile[] = [{ path: 'test/a.test.js', content }];
    expect(shownFiles({ files, heldOut: ['test/a.test.js > one'] })).toEqual([
      { path: 'test/a.test.js', content: "const { test } = require('node:test');\n\nawait test('two', () => {});\n" },
    ]);
    expect(shownFiles({ files, heldOut: ['test/a.test.js > three'] })).toEqual([]);
    expect(shownFiles({ files, heldOut: ['one'] })).toEqual([]);
    expect(shownFiles({ files: [{ path: 'app/test/a.test.js', content }], heldOut: ['test/a.test.js > one'] }, 'app')).toMatchObject([
      { content: expect.not.stringContaining('secret') },
    ]);
  });
});
