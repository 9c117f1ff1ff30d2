import { costOf } from '../money/cost.ts';
import type { MicroUsd } from '../money/micro-usd.ts';
import type { PriceList } from '../money/price.ts';
import { noUsage, type Usage } from '../money/usage.ts';

/** How the calls of a session grow. */
export interface SessionShape {
  /** Tokens of the first prompt. */
  readonly start: number;
  /** Tokens that each call adds to the prompt of the next. */
  readonly growth: number;
  /** Tokens of each answer. */
  readonly output: number;
}

/**
 * What a session costs, call by call, by which model answers each; `null` begins the session anew. A provider has cached what
 * its model was last shown of the session, and the rest of the prompt is written to the cache.
 *
 * @example
 * sessionCost(shape, Array(45).fill(strong), { isCached: true }); // 1_940_000
 */
export function sessionCost(
  shape: SessionShape,
  calls: readonly (PriceList | null)[],
  { isCached }: { readonly isCached: boolean },
): MicroUsd {
  let total = 0;
  let prompt = shape.start;
  let warm = new Map<PriceList, number>();
  for (const prices of calls) {
    if (prices === null) {
      prompt = shape.start;
      warm = new Map();
      continue;
    }
    const read = isCached ? (warm.get(prices) ?? 0) : 0;
    total += priced(usageOf({ read, prompt, isCached, output: shape.output }), prices);
    warm.set(prices, prompt);
    prompt += shape.growth;
  }
  return total;
}

interface Call {
  readonly read: number;
  readonly prompt: number;
  readonly isCached: boolean;
  readonly output: number;
}

function usageOf({ read, prompt, isCached, output }: Call): Usage {
  if (!isCached) return { ...noUsage, input: prompt, output };
  return { ...noUsage, cacheRead: read, cacheWrite5m: prompt - read, output };
}

function priced(usage: Usage, prices: PriceList): MicroUsd {
  const cost = costOf(usage, prices);
  return cost.kind === 'priced' ? cost.microUsd : 0;
}
