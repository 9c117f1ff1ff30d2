import { chanceSource, type ChanceSource } from './chance-source.ts';
import { pseudoTasks, type Drawn } from './pseudo-tasks.ts';

/** A figure and the range in which it lies in 95 of 100 samples. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A figure of so few tasks that no range can be told. */
export interface Rangeless {
  readonly value: number;
  readonly low: null;
  readonly high: null;
}

/** A figure, with a range where there are tasks enough. */
export type Figure = Interval | Rangeless;

/**
 * Of fewer tasks no interval is told: one result more or less is more than five points of a share then, a thousand draws of them are hardly
 * different ones, and what was never seen may still come up in 15 of 100 tasks.
 */
export const fewestTasks = 20;

const samples = 1000;

/**
 * Draws tasks with replacement a thousand times and tells between which bounds figures of them lie. A few pseudo-tasks are drawn among them,
 * as like results alone have no spread: the value is that of the tasks alone, and lies in its interval. Figures see positions, so that
 * several policies can be held against each other on the same tasks; there are always as many.
 *
 * @example
 * bootstrapAll(results.length, (drawn) => [smoothed(meanOf(results, drawn.tasks), drawn, pseudo).right], 7)[0]?.low;
 */
export function bootstrapAll(count: number, figures: (drawn: Drawn) => readonly number[], seed: number): readonly Figure[] {
  const values = figures({ tasks: Array.from({ length: count }, (_, at) => at), pseudo: [] });
  if (count < fewestTasks) return values.map((value) => ({ value, low: null, high: null }));
  const next = chanceSource(seed);
  const drawn = Array.from({ length: samples }, () => figures(draw(count, next)));
  return values.map((value, figure) => intervalOf(value, Float64Array.from(drawn, (all) => all[figure] ?? 0).toSorted()));
}

/**
 * The middle 95 % of sorted draws, and 1.96 standard deviations to either side of their mean, whichever reaches further. Either alone is too
 * short for some figures: the former where a few of many results are wrong, for which it is right in 81 of 100 samples at the worst, and the
 * latter where draws lie askew, as shares of money do.
 */
function intervalOf(value: number, sorted: Float64Array): Interval {
  const at = (share: number): number => sorted[Math.min(samples - 1, Math.floor(share * samples))] ?? 0;
  const mean = sorted.reduce((sum, one) => sum + one, 0) / samples;
  const reach = 1.96 * Math.sqrt(sorted.reduce((sum, one) => sum + (one - mean) ** 2, 0) / samples);
  // No share is drawn that is less than none or more than all.
  const low = Math.max(at(0), Math.min(at(0.025), mean - reach));
  const high = Math.min(at(1), Math.max(at(0.975), mean + reach));
  return { value, low: Math.min(value, low), high: Math.max(value, high) };
}

function draw(count: number, next: ChanceSource): Drawn {
  const [tasks, pseudo]: [number[], number[]] = [[], Array.from({ length: pseudoTasks }, () => 0)];
  for (let at = 0; at < count + pseudoTasks; at += 1) {
    const place = Math.floor(next() * (count + pseudoTasks));
    if (place < count) tasks.push(place);
    else pseudo[place - count] = (pseudo[place - count] ?? 0) + 1;
  }
  return { tasks, pseudo };
}
