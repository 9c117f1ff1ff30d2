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
  const seen = attempts.flatMap((one) =>
    one.model === model && one.line === line && wentThrough(one) && one.usd !== null ? [one.usd] : [],
  );
  const sum = seen.reduce((total, usd) => total + usd, 0);
  const before = beforehand(price, publicUsd);
  if (before === null) return seen.length === 0 ? null : { usd: sum / seen.length, from: 'seen' };
  const usd = (sum + attemptsOfPrior * before.usd) / (seen.length + attemptsOfPrior);
  return { usd, from: seen.length >= attemptsOfPrior ? 'seen' : before.from };
}

/** What broke off says nothing of what a whole attempt costs. */
function wentThrough({ ended }: WorkedAttempt): boolean {
  return ended !== 'provider' && ended !== 'budget';
}

function beforehand(price: Price, publicUsd: number | null): ExpectedCost | null {
  if (price === 'unpriced') return null;
  if (price.input === 0 && price.output === 0) return { usd: 0, from: 'price list' };
  if (publicUsd !== null) return { usd: publicUsd, from: 'public figures' };
  const calls = Array.from({ length: typical.calls }, () => price);
  return { usd: sessionCost(typical, calls, { isCached: price.cacheRead !== undefined }) / 1e6, from: 'price list' };
}

/** What one validation on a line is expected to cost, and what it was seen to take. */
export interface ExpectedValidation {
  readonly usd: number;
  /** Minutes on average; null where none was seen. */
  readonly minutes: number | null;
  /** Validations that were seen. */
  readonly seen: number;
}

/** Beforehand, a validation takes a minute and costs a cent beside; that is worth so many that were seen. */
const assumedUsd = 0.01;
const validationsOfPrior = 5;

/**
 * US dollars of one validation on a line: the time that it took so far, by what its owner says a minute costs, and the models that judged.
 *
 * @example
 * expectedValidation([], 'bug', 0.1).usd; // 0.11
 */
export function expectedValidation(attempts: readonly WorkedAttempt[], line: string, minuteUsd: number): ExpectedValidation {
  const seen = attempts.flatMap((one) => (one.line === line && one.validation !== null ? [one.validation] : []));
  const minutes = seen.reduce((sum, { ms }) => sum + ms / 60_000, 0);
  const models = seen.reduce((sum, { usd }) => sum + (usd ?? 0), 0);
  const before = validationsOfPrior * (assumedUsd + minuteUsd);
  const usd = (before + minutes * minuteUsd + models) / (validationsOfPrior + seen.length);
  return { usd, minutes: seen.length === 0 ? null : minutes / seen.length, seen: seen.length };
}
