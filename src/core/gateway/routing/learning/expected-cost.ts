import type { Price } from '../../money/price.ts';
import { sessionCost } from '../../prefix/session-cost.ts';
import type { WorkedAttempt } from './worked-attempts.ts';

/** US dollars of an attempt, and where the figure comes from; null where nobody knows. */
export interface ExpectedCost {
  readonly usd: number;
  readonly from: 'seen' | 'public figures' | 'price list';
}

/** What is known beforehand is worth so many attempts. */
const attemptsOfPrior = 10;
/** A job as agents mostly work it: calls, and tokens of its prompts and answers. */
const typical = { calls: 40, start: 15_000, growth: 1_500, output: 500 };

/**
 * What one attempt of a model on a line is expected to cost: what it cost so far, mixed with public figures or with what a typical
 * session comes to by the price list. Null for a model whose price nobody knows and that nobody saw work.
 *
 * @example
 * expectedCost({ model: 'small', line: 'bug', price, publicUsd: 0.03 }, attempts)?.usd;
 */
export function expectedCost(
  {
    model,
    line,
    price,
    publicUsd,
  }: { readonly model: string; readonly line: string; readonly price: Price; readonly publicUsd: number | null },
  attempts: readonly WorkedAttempt[],
): ExpectedCost | null {
  const seen = attempts.flatMap((one) => (one.model === model && one.line === line && one.usd !== null ? [one.usd] : []));
  const sum = seen.reduce((total, usd) => total + usd, 0);
  const before = beforehand(price, publicUsd);
  if (before === null) return seen.length === 0 ? null : { usd: sum / seen.length, from: 'seen' };
  const usd = (sum + attemptsOfPrior * before.usd) / (seen.length + attemptsOfPrior);
  return { usd, from: seen.length >= attemptsOfPrior ? 'seen' : before.from };
}

function beforehand(price: Price, publicUsd: number | null): ExpectedCost | null {
  if (price === 'unpriced') return null;
  if (price.input === 0 && price.output === 0) return { usd: 0, from: 'price list' };
  if (publicUsd !== null) return { usd: publicUsd, from: 'public figures' };
  const calls = Array.from({ length: typical.calls }, () => price);
  return { usd: sessionCost(typical, calls, { isCached: price.cacheRead !== undefined }) / 1e6, from: 'price list' };
}
