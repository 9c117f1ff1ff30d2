import { chanceSource } from './chance-source.ts';

/** A figure and the range in which it lies in 95 of 100 samples. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const samples = 1000;

/**
 * Draws tasks with replacement a thousand times and takes the middle 95 % of a figure of them. The figure sees positions, so that
 * several policies can be held against each other on the same tasks.
 *
 * @example
 * bootstrap(results.length, (drawn) => mean(drawn.map((at) => results[at].right)), 7).low;
 */
export function bootstrap(count: number, figure: (drawn: readonly number[]) => number, seed: number): Interval {
  const [interval = { value: 0, low: 0, high: 0 }] = bootstrapAll(count, (drawn) => [figure(drawn)], seed);
  return interval;
}

/** The same for many figures at once, which see the same draws; there are always as many. */
export function bootstrapAll(count: number, figures: (drawn: readonly number[]) => readonly number[], seed: number): readonly Interval[] {
  const next = chanceSource(seed);
  const all = Array.from({ length: count }, (_, at) => at);
  const drawn = Array.from({ length: samples }, () => figures(all.map(() => Math.floor(next() * count))));
  return figures(all).map((value, figure) => {
    const sorted = drawn.map((values) => values[figure] ?? 0).toSorted((left, right) => left - right);
    const at = (share: number): number => sorted[Math.min(samples - 1, Math.floor(share * samples))] ?? 0;
    return { value, low: at(0.025), high: at(0.975) };
  });
}
