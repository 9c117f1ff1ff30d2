import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { savedByCache } from './cache-savings.ts';
import { costOf, sumOf } from './cost.ts';
import { inUsd, microUsd } from './micro-usd.ts';
import type { PriceList } from './price.ts';
import { noUsage, promptTokens, type Usage } from './usage.ts';

const prices: PriceList = { asOf: '2026-11-20', input: 5, output: 25, cacheRead: 0.5, cacheWrite5m: 6.25, cacheWrite1h: 10 };
const usages: fc.Arbitrary<Usage> = fc.record({
  input: fc.nat({ max: 2_000_000 }),
  cacheRead: fc.nat({ max: 2_000_000 }),
  cacheWrite5m: fc.nat({ max: 2_000_000 }),
  cacheWrite1h: fc.nat({ max: 2_000_000 }),
  output: fc.nat({ max: 200_000 }),
  reasoning: fc.nat({ max: 200_000 }),
});

describe('the cost of a call', () => {
  it.each<[string, Partial<Usage>, number]>([
    ['input', { input: 1_000_000 }, 5_000_000],
    ['a cache read at its own price', { cacheRead: 1_000_000 }, 500_000],
    ['a cache kept for five minutes', { cacheWrite5m: 1_000_000 }, 6_250_000],
    ['a cache kept for an hour', { cacheWrite1h: 1_000_000 }, 10_000_000],
    ['reasoning as output, where the list does not tell them apart', { reasoning: 1000, output: 1000 }, 50_000],
    ['a part of a millionth, rounded up', { cacheRead: 1 }, 1],
    ['nothing', {}, 0],
  ])('counts %s', (_, usage, micro) => {
    expect(costOf({ ...noUsage, ...usage }, prices)).toEqual({ kind: 'priced', microUsd: micro, asOf: '2026-11-20' });
  });

  it('is unknown, and not nothing, where nobody knows the price', () => {
    expect(costOf(noUsage, 'unpriced')).toEqual({ kind: 'unpriced' });
    const sum = sumOf([costOf({ ...noUsage, input: 1_000_000 }, prices), costOf({ ...noUsage, input: 9 }, 'unpriced')]);
    expect(sum).toEqual({ microUsd: 5_000_000, unpricedCalls: 1, asOf: '2026-11-20' });
  });

  it('says the oldest date that went into a sum', () => {
    const older = costOf(noUsage, { ...prices, asOf: '2025-01-01' });
    expect(sumOf([costOf(noUsage, prices), older]).asOf).toBe('2025-01-01');
    expect(sumOf([]).asOf).toBeNull();
  });

  it('takes what a list leaves out as input or output, never as free', () => {
    const short: PriceList = { asOf: '2026-11-20', input: 2, output: 8 };
    expect(costOf({ ...noUsage, cacheRead: 1000, cacheWrite5m: 1000, cacheWrite1h: 1000, reasoning: 1000 }, short)).toMatchObject({
      microUsd: 14_000,
    });
  });

  it('is that of a long prompt from the first token beyond', () => {
    const tiered: PriceList = { ...prices, longPrompt: { above: 200_000, input: 10, output: 37.5 } };
    expect(costOf({ ...noUsage, input: 200_000 }, tiered)).toMatchObject({ microUsd: 1_000_000 });
    expect(costOf({ ...noUsage, cacheRead: 200_001 }, tiered)).toMatchObject({ microUsd: 2_000_010 });
  });

  it('is exact beyond the range in which a number is, and never below what the parts come to', () => {
    expect(costOf({ ...noUsage, input: 9_000_000_000 }, { ...prices, input: 99_999.999999 })).toMatchObject({
      microUsd: 899_999_999_991_000,
    });
    fc.assert(
      fc.property(usages, (usage) => {
        const cost = costOf(usage, prices);
        const exact =
          usage.input * 5 +
          usage.cacheRead * 0.5 +
          usage.cacheWrite5m * 6.25 +
          usage.cacheWrite1h * 10 +
          (usage.output + usage.reasoning) * 25;
        expect(cost).toMatchObject({ microUsd: Math.ceil(exact) });
      }),
    );
  });

  it('comes out alike in whatever order calls are summed up', () => {
    fc.assert(
      fc.property(fc.array(usages, { maxLength: 20 }), (calls) => {
        const costs = calls.map((usage) => costOf(usage, { ...prices, input: 0.1, cacheRead: 0.028 }));
        expect(sumOf(costs.toReversed())).toEqual(sumOf(costs));
      }),
    );
  });
});

describe('what a cache saved', () => {
  it.each<[string, Partial<Usage>, number]>([
    ['a read saves nine tenths', { cacheRead: 1_000_000 }, 4_500_000],
    ['a write that is not yet read costs', { cacheWrite5m: 1_000_000 }, -1_250_000],
    ['no cache saves nothing', { input: 1_000_000, output: 5000 }, 0],
  ])('%s', (_, usage, saved) => {
    expect(savedByCache({ ...noUsage, ...usage }, prices)).toBe(saved);
  });

  it('is unknown with the price', () => {
    expect(savedByCache(noUsage, 'unpriced')).toBeNull();
  });

  it('and the real cost are what the prompt costs without one', () => {
    fc.assert(
      fc.property(usages, (usage) => {
        const plain = costOf({ ...noUsage, input: promptTokens(usage), output: usage.output, reasoning: usage.reasoning }, prices);
        const real = costOf(usage, prices);
        if (plain.kind !== 'priced' || real.kind !== 'priced') throw new Error('It has a price.');
        expect(savedByCache(usage, prices)).toBe(plain.microUsd - real.microUsd);
      }),
    );
  });
});

describe('money', () => {
  it.each([
    [1_940_000, '$1.94'],
    [420, '$0.00042'],
    [5000, '$0.005'],
    [0, '$0.00'],
    [-1_250_000, '-$1.25'],
    [200_000_000, '$200.00'],
  ])('of %d millionths is told as %s', (micro, told) => {
    expect(inUsd(micro)).toBe(told);
  });

  it('is read to the millionth, and refused where it cannot be counted', () => {
    expect(microUsd(0.1 + 0.2)).toBe(300_000);
    expect(() => microUsd(Number.NaN)).toThrow('NaN USD is no amount');
    expect(() => microUsd(1e12)).toThrow('is no amount');
  });
});
