import { describe, expect, it } from 'vitest';
import type { RunnerName } from '../runner/index.ts';
import { skipTest } from './skip-test.ts';

const skip = (text: string, titles: readonly string[], runner: RunnerName = 'mocha', path = 'test/a.test.js') =>
  skipTest({ path, text, titles, runner, comment: 'Quarantined by jidoka run flaky-1.' });

describe('a quarantine', () => {
  it.each<readonly [string, RunnerName, string, readonly string[], string]>([
    ['it()', 'mocha', "describe('sum', () => {\n  it('adds', () => {});\n});\n", ['sum', 'adds'], "  it.skip('adds'"],
    ['test() of node:test', 'node:test', "import test from 'node:test';\ntest('adds', () => {});\n", ['adds'], "test.skip('adds'"],
    [
      'a subtest',
      'node:test',
      "import test from 'node:test';\ntest('sum', async (t) => {\n  await t.test('adds', () => {});\n});\n",
      ['sum', 'adds'],
      "await /* Quarantined by jidoka run flaky-1. */ t.test('adds', { skip: 'flaky' }, () => {})",
    ],
    [
      'tap, whose test() has no skip()',
      'tap',
      "const { test } = require('tap');\ntest('adds', (t) => t.end());\n",
      ['adds'],
      "test('adds', { skip: 'flaky' }, (t)",
    ],
    ['a serial one of ava', 'ava', "import test from 'ava';\ntest.serial('adds', (t) => t.pass());\n", ['adds'], "test.serial.skip('adds'"],
    [
      'a concurrent one of vitest',
      'vitest',
      "import { it } from 'vitest';\nit.concurrent('adds', () => {});\n",
      ['adds'],
      "it.concurrent.skip('adds'",
    ],
    ['a title in other quotes', 'jest', 'test("it\'s on", () => {});\n', ["it's on"], 'test.skip("it\'s on"'],
    ['a title with an escape', 'jest', "test('it\\'s on', () => {});\n", ["it's on"], "test.skip('it\\'s on'"],
  ])('skips %s', (_, runner, text, titles, expected) => {
    const done = skip(text, titles, runner);
    expect(done).toMatchObject({ kind: 'skipped', text: expect.stringContaining(expected) });
    expect(done.kind === 'skipped' && done.text).toContain('Quarantined by jidoka run flaky-1.');
  });

  it('changes nothing else', () => {
    const text = "#!/usr/bin/env node\nconst { it } = require('mocha');\nit('ä', () => {});\nit('adds', () => {});\n";
    expect(skip(text, ['adds'])).toEqual({
      kind: 'skipped',
      text: "#!/usr/bin/env node\nconst { it } = require('mocha');\nit('ä', () => {});\n// Quarantined by jidoka run flaky-1.\nit.skip('adds', () => {});\n",
    });
  });

  it.each<readonly [string, string, RunnerName]>([
    ['a table of tests, of which it would skip all', "it.each([1, 2])('adds', () => {});\n", 'vitest'],
    ['two tests of one name', "it('adds', () => {});\nit('adds', () => {});\n", 'mocha'],
    ['a title that is made at run time', "for (const name of ['adds']) it(name, () => {});\n", 'mocha'],
    [
      'options that are there already',
      "import test from 'node:test';\ntest('sum', (t) => { t.test('adds', { timeout: 5 }, () => {}); });\n",
      'node:test',
    ],
  ])('is refused for %s', (_, text, runner) => {
    expect(skip(text, runner === 'node:test' ? ['sum', 'adds'] : ['adds'], runner)).toMatchObject({ kind: 'not-possible' });
  });

  it('is refused for what is no script', () =>
    expect(skip('x', ['adds'], 'junit', 'test/a.coffee')).toMatchObject({ kind: 'not-possible' }));
});
