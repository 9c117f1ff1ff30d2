/** Runners that a specimen can be made for. */
export const specimenRunners = ['node:test', 'mocha', 'jest', 'vitest', 'ava', 'tape'] as const;
export type SpecimenRunner = (typeof specimenRunners)[number];

/** How tests are written for a runner. */
export interface Dialect {
  readonly module: 'cjs' | 'esm';
  /** The repository's own test command. */
  readonly script: string;
  /** Further members of package.json that the runner needs. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Lines a test file begins with, beside the subject it loads. */
  readonly head: readonly string[];
  /** The word that begins a test: `it`, `test`. */
  readonly word: string;
  /** A whole test; `mark` comes after the word: '.skip'. */
  readonly test: (title: string, lines: readonly string[], mark?: string) => string;
  readonly equal: (actual: string, expected: string) => string;
  /** An assertion that accepts anything that is something. */
  readonly truthy: (actual: string) => string;
}

const byFunction =
  (word: string) =>
  (title: string, lines: readonly string[], mark = ''): string =>
    [`${word}${mark}('${title}', () => {`, ...indented(lines), '});'].join('\n');

const byT =
  (end: readonly string[]) =>
  (title: string, lines: readonly string[], mark = ''): string =>
    [`test${mark}('${title}', (t) => {`, ...indented([...lines, ...end]), '});'].join('\n');

const byAssert = {
  equal: (actual: string, expected: string) => `assert.strictEqual(${actual}, ${expected});`,
  truthy: (actual: string) => `assert.ok(${actual});`,
};

const byExpect = {
  equal: (actual: string, expected: string) => `expect(${actual}).toBe(${expected});`,
  truthy: (actual: string) => `expect(${actual}).toBeTruthy();`,
};

export const dialects: Readonly<Record<SpecimenRunner, Dialect>> = {
  'node:test': {
    module: 'cjs',
    script: 'node --test',
    manifest: {},
    word: 'test',
    ...byAssert,
    head: ["const assert = require('node:assert');", "const { test } = require('node:test');"],
    test: byFunction('test'),
  },
  mocha: {
    module: 'cjs',
    script: 'mocha',
    manifest: {},
    word: 'it',
    ...byAssert,
    head: ["const assert = require('node:assert');"],
    test: byFunction('it'),
  },
  jest: {
    module: 'cjs',
    script: 'jest',
    manifest: { jest: { transform: {} } },
    word: 'test',
    ...byExpect,
    head: [],
    test: byFunction('test'),
  },
  vitest: {
    module: 'esm',
    script: 'vitest run',
    manifest: {},
    word: 'test',
    ...byExpect,
    head: ["import { expect, test } from 'vitest';"],
    test: byFunction('test'),
  },
  ava: {
    module: 'esm',
    script: 'ava',
    manifest: { ava: { files: ['test/*.test.js'] } },
    word: 'test',
    head: ["import test from 'ava';"],
    test: byT([]),
    equal: (actual, expected) => `t.is(${actual}, ${expected});`,
    truthy: (actual) => `t.truthy(${actual});`,
  },
  tape: {
    module: 'cjs',
    script: 'tape test/*.test.js',
    manifest: {},
    word: 'test',
    head: ["const test = require('tape');"],
    test: byT(['t.end();']),
    equal: (actual, expected) => `t.equal(${actual}, ${expected});`,
    truthy: (actual) => `t.ok(${actual});`,
  },
};

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
