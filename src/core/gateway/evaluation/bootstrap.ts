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
  const next = chanceSource(seed);
  const all = Array.from({ length: count }, (_, at) => at);
  const figures = Array.from({ length: samples }, () => figure(all.map(() => Math.floor(next() * count)))).toSorted(
    (left, right) => left - right,
  );
  const at = (share: number): number => figures[Math.min(samples - 1, Math.floor(share * samples))] ?? 0;
  return { value: figure(all), low: at(0.025), high: at(0.975) };
}
