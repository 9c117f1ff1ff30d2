import fc from 'fast-check';
import { expect, it } from 'vitest';
import { costOf } from './cost.ts';
import type { PriceList } from './price.ts';
import { upperEstimate, upperPromptTokens, type CallAhead } from './upper-estimate.ts';
import { allTokens } from './usage.ts';

const prices: PriceList = { asOf: '2026-11-20', input: 5, output: 25, cacheRead: 0.5, cacheWrite5m: 6.25, cacheWrite1h: 10, reasoning: 30 };
const call: CallAhead = { textBytes: 40_000, images: 0, maxOutput: 8000, cache: 'none', before: null, window: null };

it('takes two bytes for a token, where nothing is known of the session', () => {
  expect(upperEstimate(call, prices)).toEqual({ kind: 'priced', amount: { microUsd: 100_000 + 240_000, tokens: 28_000, calls: 1 } });
});

it('estimates only what came since the call before', () => {
  expect(upperPromptTokens({ ...call, before: { textBytes: 39_000, promptTokens: 9000 } })).toBe(9500);
  expect(upperPromptTokens({ ...call, before: { textBytes: 50_000, promptTokens: 9000 } })).toBe(20_000);
});

it('counts pictures by their number, not by their bytes', () => {
  expect(upperPromptTokens({ ...call, textBytes: 0, images: 2 })).toBe(12_000);
});

it('takes the whole window for a prompt that lies elsewhere, and the body where that is longer', () => {
  expect(upperPromptTokens({ ...call, window: 200_000 })).toBe(200_000);
  expect(upperPromptTokens({ ...call, window: 10_000 })).toBe(20_000);
});

it('knows the tokens and no price, where nobody knows it', () => {
  expect(upperEstimate(call, 'unpriced')).toEqual({ kind: 'unpriced', tokens: 28_000 });
});

it('is never below what a call of this size comes to, whatever of it is cached or reasoned', () => {
  const shares = fc.tuple(fc.nat({ max: 100 }), fc.nat({ max: 100 }), fc.nat({ max: 100 }));
  const caches = fc.constantFrom('none' as const, '5m' as const, '1h' as const);
  fc.assert(
    fc.property(
      fc.nat({ max: 1_000_000 }),
      fc.nat({ max: 64_000 }),
      caches,
      shares,
      (textBytes, maxOutput, cache, [first, second, answer]) => {
        const ahead = { ...call, textBytes, maxOutput, cache };
        const prompt = upperPromptTokens(ahead);
        const cacheRead = Math.floor((prompt * first) / 200);
        const written = cache === 'none' ? 0 : Math.floor((prompt * second) / 200);
        const reasoning = Math.floor((maxOutput * answer) / 100);
        const usage = {
          input: prompt - cacheRead - written,
          cacheRead,
          cacheWrite5m: cache === '5m' ? written : 0,
          cacheWrite1h: cache === '1h' ? written : 0,
          output: maxOutput - reasoning,
          reasoning,
        };
        const estimate = upperEstimate(ahead, prices);
        const cost = costOf(usage, prices);
        if (estimate.kind === 'unpriced' || cost.kind === 'unpriced') throw new Error('It has a price.');
        expect(cost.microUsd).toBeLessThanOrEqual(estimate.amount.microUsd);
        expect(allTokens(usage)).toBeLessThanOrEqual(estimate.amount.tokens);
      },
    ),
  );
});
