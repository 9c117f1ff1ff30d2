import { expect, it } from 'vitest';
import { keyScope, type KeyRule } from './key-rule.ts';

const keys: Readonly<Record<string, KeyRule>> = {
  coder: { slots: ['small', 'main'], limits: { rpm: 30 }, usd: 2, calls: { soft: 5, hard: 10 } },
  default: { limits: { concurrent: 4 } },
};

it('a key is made by the rule of its station, and may always ask for what its role leads to', () => {
  expect(keyScope(keys, 'coder', 'main')).toEqual({
    slots: ['main', 'small'],
    caps: { soft: { calls: 5 }, hard: { microUsd: 2_000_000, calls: 10 } },
    limits: { rpm: 30 },
  });
  expect(keyScope(keys, 'coder', null).slots).toEqual(['small', 'main']);
});

it('by the rule of all others where its station has none, and opens all where nothing is said', () => {
  expect(keyScope(keys, 'reviewer', 'main')).toEqual({ slots: null, caps: null, limits: { concurrent: 4 } });
  expect(keyScope({}, 'constructor', 'main')).toEqual({ slots: null, caps: null, limits: {} });
});
