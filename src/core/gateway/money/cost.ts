import type { MicroUsd } from './micro-usd.ts';
import { columnsFor, type Price } from './price.ts';
import { promptTokens, type Usage } from './usage.ts';

/** What a call cost, or that nobody knows. */
export type Cost =
  | {
      readonly kind: 'priced';
      readonly microUsd: MicroUsd;
      /** Date of the price list. */
      readonly asOf: string;
    }
  | { readonly kind: 'unpriced' };

const columns = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output', 'reasoning'] as const;

/**
 * What a call cost by a price list, rounded up to the next millionth of a dollar, so that a sum of calls never says less than was spent.
 *
 * @example
 * costOf({ ...noUsage, input: 1000, output: 100 }, { asOf: '2026-11-20', input: 3, output: 15 }); // { kind: 'priced', microUsd: 4500, … }
 */
export function costOf(usage: Usage, price: Price): Cost {
  if (price === 'unpriced') return { kind: 'unpriced' };
  const perMillion = columnsFor(price, promptTokens(usage));
  let total = 0;
  for (const column of columns) total += usage[column] * Math.round(perMillion[column] * 1e6);
  // A product of tokens and millionths may be larger than a number is exact.
  const microUsd = total <= Number.MAX_SAFE_INTEGER ? (total - (total % 1e6)) / 1e6 + (total % 1e6 > 0 ? 1 : 0) : large(usage, perMillion);
  return { kind: 'priced', microUsd, asOf: price.asOf };
}

function large(usage: Usage, perMillion: Readonly<Record<keyof Usage, number>>): MicroUsd {
  const total = columns.reduce((sum, column) => sum + BigInt(usage[column]) * BigInt(Math.round(perMillion[column] * 1e6)), 0n);
  return Number((total + 999_999n) / 1_000_000n);
}

/** The sum of what is known, and of how many calls nobody knows it. */
export interface CostSum {
  readonly microUsd: MicroUsd;
  readonly unpricedCalls: number;
  /** The oldest date of a price list that went into it. */
  readonly asOf: string | null;
}

export function sumOf(costs: readonly Cost[]): CostSum {
  const priced = costs.flatMap((cost) => (cost.kind === 'priced' ? [cost] : []));
  const [asOf = null] = priced.map((cost) => cost.asOf).toSorted();
  const microUsd = priced.reduce((sum, cost) => sum + cost.microUsd, 0);
  return { microUsd, unpricedCalls: costs.length - priced.length, asOf };
}
