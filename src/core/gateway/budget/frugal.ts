import { costOf } from '../money/cost.ts';
import type { Price } from '../money/price.ts';
import type { Usage } from '../money/usage.ts';

/** A call of an agent as it mostly is: nearly all of the prompt is read from a cache, and the answer is short. */
const usualCall: Usage = { input: 0, cacheRead: 60_000, cacheWrite5m: 2000, cacheWrite1h: 0, output: 400, reasoning: 0 };

/**
 * What is left of a plan beyond a soft limit: its cheapest model alone, by what a usual call costs. A model whose price nobody
 * knows is never the cheapest; where no price is known, the plan stays as it is.
 *
 * @example
 * frugal(['strong', 'cheap'], (model) => prices[model]); // ['cheap']
 */
export function frugal(plan: readonly string[], priceOf: (model: string) => Price): readonly string[] {
  const priced = plan.flatMap((model) => {
    const cost = costOf(usualCall, priceOf(model));
    return cost.kind === 'priced' ? [{ model, microUsd: cost.microUsd }] : [];
  });
  const [cheapest] = priced.toSorted((left, right) => left.microUsd - right.microUsd);
  return cheapest === undefined ? plan : [cheapest.model];
}
