import { describe, expect, it } from 'vitest';
import { forgetCopies } from './forget-copies.ts';

describe('forgetting copies', () => {
  const packages = { '': {}, 'node_modules/a': {}, 'node_modules/a/node_modules/b': {}, 'node_modules/ab': {}, 'node_modules/c': {} };
  const dependencies = { a: { dependencies: { b: {} } }, ab: {}, c: { dependencies: { a: {} } } };

  it('takes folders with what is nested in them, of both shapes of a lockfile, and nothing beside', () => {
    const after = JSON.parse(forgetCopies(JSON.stringify({ packages, dependencies }), ['node_modules/a']));
    expect(Object.keys(after.packages)).toEqual(['', 'node_modules/ab', 'node_modules/c']);
    expect(after.dependencies).toEqual({ ab: {}, c: { dependencies: { a: {} } } });
  });

  it('reaches into the tree of version 1', () => {
    const after = JSON.parse(forgetCopies(JSON.stringify({ dependencies }), ['node_modules/a/node_modules/b']));
    expect(after.dependencies.a).toEqual({ dependencies: {} });
  });
});
