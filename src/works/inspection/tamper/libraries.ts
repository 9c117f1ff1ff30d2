import type { Bindings } from './bindings.ts';

const runners =
  /^(?:node:test|mocha|vitest|ava|tape|tap|uvu|jest|qunit|jasmine|@jest\/globals|@tapjs\/[\w-]+|@japa\/[\w-]+|bun:test)(?:\/|$)/;
const assertions =
  /^(?:(?:node:)?assert(?:\/strict)?|chai|expect|should|power-assert|uvu\/assert|must|unexpected|@hapi\/code|expect\.js|@vitest\/expect|jest-expect)$/;

/** Modules that only tests load; the assert module of Node is not among them, as sources use it too. */
export function isTestLibrary(module: string): boolean {
  if (/^(?:node:)?assert(?:\/strict)?$/.test(module)) return false;
  return (
    runners.test(module) ||
    assertions.test(module) ||
    /(?:^|\/)node_modules\/(?:@jest|@vitest|@tapjs|mocha|jest|vitest|ava|tape|tap|chai|expect)(?:[/-]|$)/.test(module) ||
    /^@?(?:jest|vitest)[/-]/.test(module)
  );
}

const runnerNames: readonly string[] = [
  'describe',
  'context',
  'suite',
  'it',
  'test',
  'specify',
  'xit',
  'xtest',
  'xdescribe',
  'xcontext',
  'fit',
  'fdescribe',
  'ftest',
  'tap',
  'tape',
];
const assertionNames: readonly string[] = ['assert', 'expect', 'chai', 'should', 'Assertion', 'AssertionError'];

/** Names in a file that stand for a test runner. */
export function runnerRoots(bindings: Bindings): ReadonlySet<string> {
  return new Set([...runnerNames, ...boundTo(bindings, runners)]);
}

/** Names in a file that stand for an assertion library or a part of one. */
export function assertionRoots(bindings: Bindings): ReadonlySet<string> {
  return new Set([...assertionNames, ...boundTo(bindings, assertions), ...boundAs(bindings, new Set(['expect', 'assert', 'should']))]);
}

function boundTo(bindings: Bindings, modules: RegExp): readonly string[] {
  return [...bindings].filter(([, { module }]) => modules.test(module)).map(([name]) => name);
}

function boundAs(bindings: Bindings, names: ReadonlySet<string>): readonly string[] {
  return [...bindings].filter(([, { module, imported }]) => runners.test(module) && names.has(imported)).map(([name]) => name);
}
