import { expect, it } from 'vitest';
import type { Price } from '../money/price.ts';
import { frugal } from './frugal.ts';

const prices: Readonly<Record<string, Price>> = {
  strong: { asOf: '2026-11-20', input: 5, output: 25, cacheRead: 0.5 },
  talker: { asOf: '2026-11-20', input: 1, output: 5 },
  house: { asOf: '2026-11-20', input: 0, output: 0 },
};
const priceOf = (model: string): Price => prices[model] ?? 'unpriced';

it.each([
  [['strong', 'house'], ['house']],
  [['house', 'strong'], ['house']],
  // A model that is cheaper by its list, and dearer for whoever reads most of a prompt from a cache.
  [['strong', 'talker'], ['strong']],
  [['strong', 'secret'], ['strong']],
  [['secret'], ['secret']],
  [[], []],
])('of the plan %j is left %j', (plan, left) => {
  expect(frugal(plan, priceOf)).toEqual(left);
});
