import { describe, expect, it } from 'vitest';
import { chanceOfMore, percent, rateInterval, runsToExclude } from './rate.ts';

describe('how often to run', () => {
  it.each([
    [0.05, 60],
    [0.01, 300],
    [0.1, 30],
    [0.15, 20],
    [0.5, 6],
  ])('%s is excluded by %s runs without a failure', (rate, runs) => {
    expect(runsToExclude(rate)).toBe(runs);
    expect(rateInterval(0, runs).high).toBeLessThan(rate);
  });

  it('one run less than half of them does not exclude it', () => {
    expect(rateInterval(0, 29).high).toBeGreaterThan(0.05);
  });
});

describe('the interval of a rate', () => {
  // As R 4 gives them: binom.test(k, n)$conf.int.
  it.each([
    [1, 10, 0.00252858, 0.4450161],
    [5, 10, 0.187086, 0.812914],
    [3, 60, 0.01042872, 0.1392398],
    [1, 60, 0.0004218704, 0.0894004],
    [8, 20, 0.1911901, 0.6394574],
  ])('of %i failures in %i runs is that of the tables', (failures, runs, low, high) => {
    const interval = rateInterval(failures, runs);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('is open to one side only where all runs ended alike', () => {
    expect(rateInterval(0, 60)).toEqual({ low: 0, high: expect.closeTo(0.0487, 4) });
    expect(rateInterval(60, 60)).toEqual({ low: expect.closeTo(0.9513, 4), high: 1 });
    expect(rateInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it('holds the true rate as often as it says, counted out for 20 runs', () => {
    for (const rate of [0.05, 0.2, 0.5, 0.9]) {
      const covered = Array.from({ length: 21 }, (_, failures) => {
        const { low, high } = rateInterval(failures, 20);
        return low <= rate && rate <= high ? choose(20, failures) * rate ** failures * (1 - rate) ** (20 - failures) : 0;
      }).reduce((sum, chance) => sum + chance, 0);
      expect(covered).toBeGreaterThanOrEqual(0.945);
    }
  });
});

describe('whether one sample fails more often than another', () => {
  // The lady tasting tea, and fisher.test(..., alternative = "greater") of R.
  it.each([
    [{ failures: 3, runs: 4 }, { failures: 1, runs: 4 }, 0.2428571],
    [{ failures: 4, runs: 4 }, { failures: 0, runs: 4 }, 0.01428571],
    [{ failures: 10, runs: 10 }, { failures: 0, runs: 15 }, 3.059231e-7],
    [{ failures: 0, runs: 15 }, { failures: 10, runs: 10 }, 1],
    [{ failures: 0, runs: 10 }, { failures: 0, runs: 10 }, 1],
  ])('%o beside %o', (sample, other, chance) => {
    expect(chanceOfMore(sample, other)).toBeCloseTo(chance, 7);
  });
});

describe('a rate in words', () => {
  it.each([
    [0.05, '5 %'],
    [0.0487, '4.9 %'],
    [0.5, '50 %'],
    [1, '100 %'],
    [0.003, '0.3 %'],
  ])('%s is %s', (rate, text) => expect(percent(rate)).toBe(text));
});

function choose(all: number, some: number): number {
  let product = 1;
  for (let at = 1; at <= some; at += 1) product *= (all - at + 1) / at;
  return product;
}
