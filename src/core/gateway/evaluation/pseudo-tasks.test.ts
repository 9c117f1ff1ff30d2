import { describe, expect, it } from 'vitest';
import { bootstrapAll, type Figure } from './bootstrap.ts';
import { smoothed, type Drawn, type Pseudo } from './pseudo-tasks.ts';
import { meanOf, type Result } from './replay-plan.ts';

const result = (isRight: boolean, usd = 1): Result => ({ right: isRight ? 1 : 0, wrong: isRight ? 0 : 1, usd });
const at = (drawn: Drawn, results: readonly Result[], side: Pseudo['side'], weight = 1): Result =>
  smoothed(meanOf(results, drawn.tasks), drawn, { side, usd: meanOf(results).usd, weight });

function figuresOf(results: readonly Result[], seed = 1, weight = 1) {
  const of = (drawn: Drawn): readonly number[] => Object.values(at(drawn, results, 'judged', weight));
  const [right, wrong, usd] = bootstrapAll(results.length, of, seed);
  if (right === undefined || wrong === undefined || usd === undefined) throw new Error('There are three figures.');
  return { right, wrong, usd };
}

function differenceOf(pairs: readonly (readonly [Result, Result])[], seed = 1): Figure {
  const [own, others] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
  const of = (drawn: Drawn): number => at(drawn, own, 'judged').right - at(drawn, others, 'other').right;
  const [difference] = bootstrapAll(pairs.length, (drawn) => [of(drawn)], seed);
  if (difference === undefined) throw new Error('There is a figure.');
  return difference;
}

/** Of each way that a sample can come out: how likely it is, and the interval that it gives. */
interface Way {
  readonly chance: number;
  readonly interval: () => Figure;
}

/** How many of a hundred samples have an interval that holds the truth. */
function held(truth: number, ways: readonly Way[]): number {
  const likely = ways.filter(({ chance }) => chance > 1e-3);
  const holding = likely.filter(({ interval }) => {
    const { low, high } = interval();
    return low !== null && low <= truth && truth <= high;
  });
  const sum = (some: readonly Way[]): number => some.reduce((total, { chance }) => total + chance, 0);
  return (100 * sum(holding)) / sum(likely);
}

/** How likely it is that some of so many jobs are of a kind, for each number of them. */
function binomial(count: number, share: number): readonly number[] {
  const chances = [(1 - share) ** count];
  for (let some = 1; some <= count; some += 1)
    chances.push((((chances[some - 1] ?? 0) * (count - some + 1)) / some) * (share / (1 - share)));
  return chances;
}

const many = (count: number, of: (at: number) => Result): readonly Result[] => Array.from({ length: count }, (_, place) => of(place));

describe('an interval', () => {
  it.each([
    [0.97, 20],
    [0.97, 40],
    [0.98, 40],
    [0.97, 100],
    [0.97, 400],
    [0.7, 60],
  ])('holds a share of %d in 93 of 100 samples of %d tasks', (share, count) => {
    const ways = binomial(count, 1 - share).map((chance, wrong): Way => {
      return { chance, interval: () => figuresOf(many(count, (place) => result(place >= wrong))).right };
    });
    expect(held(share, ways)).toBeGreaterThanOrEqual(93);
  });

  it.each([
    [0.02, 0.02, 20],
    [0.02, 0.02, 40],
    [0.01, 0.03, 100],
  ])(
    'holds the difference of policies of which in %d of jobs the one alone is right and in %d the other, of %d tasks',
    (better, worse, count) => {
      const ways = binomial(count, better + worse).flatMap((chance, apart) =>
        binomial(apart, better / (better + worse)).map((part, ahead): Way => {
          const pairAt = (place: number) => [result(place < ahead || place >= apart), result(place >= ahead)] as const;
          return { chance: chance * part, interval: () => differenceOf(Array.from({ length: count }, (_, place) => pairAt(place))) };
        }),
      );
      expect(held(better - worse, ways)).toBeGreaterThanOrEqual(93);
    },
  );

  it.each([20, 50, 200])('of %d tasks that all came to the same does not rule out a share of about 3 in that many', (count) => {
    const { right, wrong, usd } = figuresOf(many(count, () => result(true)));
    expect(right).toMatchObject({ value: 1, high: 1 });
    expect(1 - (right.low ?? 1)).toBeGreaterThanOrEqual(2.6 / (count + 4));
    expect(1 - (right.low ?? 1)).toBeLessThanOrEqual(6 / count);
    expect(wrong).toMatchObject({ value: 0, low: 0 });
    expect([usd.value, (usd.low ?? 1) < 1 - 1 / count, (usd.high ?? 1) > 1 + 1 / count]).toEqual([1, true, true]);
    const { value, low, high } = differenceOf(Array.from({ length: count }, () => [result(true), result(true)] as const));
    const three = 2.6 / (count + 4);
    expect([value, (low ?? 0) <= -three, (high ?? 0) >= three]).toEqual([0, true, true]);
  });

  it('is wider where the tasks tell less than their number says', () => {
    const low = (weight: number): number =>
      figuresOf(
        many(400, () => result(true)),
        1,
        weight,
      ).right.low ?? 1;
    expect(1 - low(10)).toBeGreaterThan(5 * (1 - low(1)));
  });

  it('is that of the tasks alone, but for a hundredth, where there are many', () => {
    const results = many(2000, (place) => result(place % 10 < 7, 0.5 + (place % 7) / 7));
    const { right, usd } = figuresOf(results);
    const halfWidth = 1.96 * Math.sqrt((0.7 * 0.3) / 2000);
    expect(right.value).toBeCloseTo(0.7, 9);
    expect(Math.abs((right.low ?? 0) - (0.7 - halfWidth))).toBeLessThan(0.004);
    expect(Math.abs((right.high ?? 0) - (0.7 + halfWidth))).toBeLessThan(0.004);
    expect(usd.value).toBeCloseTo(meanOf(results).usd, 9);
  });

  it.each([1, 2, 19])('is not told of %d tasks', (count) => {
    expect(figuresOf(many(count, () => result(true))).right).toEqual({ value: 1, low: null, high: null });
  });
});
