import { expect, test } from 'vitest';
import type { FloorClaim } from '../../../../core/ports/floor.ts';
import { requiredClaims } from './claims.ts';
import { partialClaims, tierOf } from './tier.ts';

const proved = (names: readonly string[]): readonly FloorClaim[] => names.map((claim) => ({ claim, state: 'proved', proof: '' }));
const without = (names: readonly string[], one: string): readonly string[] => names.filter((name) => name !== one);

test('all that is required makes T2, and any of it missing does not', () => {
  expect(tierOf(proved(requiredClaims))).toBe('T2');
  for (const one of requiredClaims) {
    expect(tierOf(proved(without(requiredClaims, one))), one).not.toBe('T2');
    for (const state of ['refuted', 'unsupported'] as const) {
      expect(tierOf([...proved(without(requiredClaims, one)), { claim: one, state, proof: '' }]), one).not.toBe('T2');
    }
  }
});

test('files and the network make T1, and any of them missing makes T0', () => {
  expect(tierOf(proved(partialClaims))).toBe('T1');
  for (const one of partialClaims) expect(tierOf(proved(without(requiredClaims, one))), one).toBe('T0');
});

test('nothing proved is T0', () => {
  expect(tierOf([])).toBe('T0');
});
