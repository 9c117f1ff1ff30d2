import { costOf } from './cost.ts';
import type { MicroUsd } from './micro-usd.ts';
import type { Price } from './price.ts';
import { promptTokens, type Usage } from './usage.ts';

/**
 * What the cache of a provider saved on a call, against the same prompt without one; below zero where it was written and
 * not yet read. Null where the price is unknown.
 *
 * @example
 * savedByCache({ ...noUsage, cacheRead: 1_000_000 }, { asOf, input: 5, output: 25, cacheRead: 0.5 }); // 4_500_000
 */
export function savedByCache(usage: Usage, price: Price): MicroUsd | null {
  const without = costOf({ ...usage, input: promptTokens(usage), cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 }, price);
  const real = costOf(usage, price);
  return without.kind === 'priced' && real.kind === 'priced' ? without.microUsd - real.microUsd : null;
}
