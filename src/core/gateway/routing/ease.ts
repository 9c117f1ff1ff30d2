import { logistic } from './logistic.ts';

/**
 * Failures hang together: where a cheap model failed, a strong one solves about four jobs of ten, and where it solved,
 * nineteen of twenty. So a job has an ease that all models share, normally distributed, and given that, attempts are independent.
 */
const spread = 3.7;
const count = 41;
const points = Array.from({ length: count }, (_, at) => -5 + (10 * at) / (count - 1));
const densities = points.map((z) => Math.exp((-z * z) / 2));
const total = densities.reduce((sum, density) => sum + density, 0);

/** How much of all jobs each step of ease holds. */
export const easeWeights: readonly number[] = densities.map((density) => density / total);

/**
 * The chance of a model at each step of ease, from its chance over all jobs.
 *
 * @example
 * meanOverEase(chancesByEase(0.6)); // 0.6
 */
export function chancesByEase(solves: number): readonly number[] {
  const wanted = Math.min(1 - 1e-6, Math.max(1e-6, solves));
  let [low, high] = [-60, 60];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (meanOverEase(chancesAt(middle)) < wanted) low = middle;
    else high = middle;
  }
  return chancesAt((low + high) / 2);
}

export function meanOverEase(values: readonly number[]): number {
  return values.reduce((sum, value, step) => sum + value * (easeWeights[step] ?? 0), 0);
}

function chancesAt(intercept: number): readonly number[] {
  return points.map((z) => logistic(intercept + spread * z));
}
