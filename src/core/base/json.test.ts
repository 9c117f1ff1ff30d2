import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from './json.ts';

it('gives equal bytes for equal values, whatever the order of their keys', () => {
  expect(canonicalJson({ b: [1, { d: 'é', c: null }], a: undefined })).toBe(canonicalJson({ b: [1, { c: null, d: 'é' }] }));
});

it('writes JSON that says the same as the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => void expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))),
  );
});

it('is its own canonical form', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => void expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value))),
  );
});
