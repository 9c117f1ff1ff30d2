import { z } from 'zod';
import { inUsd } from '../money/micro-usd.ts';

const Count = z.int().min(0);

/** What calls come to, in all that a budget may limit. */
export const Amount = z.strictObject({
  /** Millionths of a US dollar. */
  microUsd: Count,
  tokens: Count,
  calls: Count,
});
export type Amount = z.infer<typeof Amount>;

export type Unit = keyof Amount;
export const units = ['microUsd', 'tokens', 'calls'] as const satisfies readonly Unit[];

export const nothing: Amount = { microUsd: 0, tokens: 0, calls: 0 };

export function plus(left: Amount, right: Amount): Amount {
  return { microUsd: left.microUsd + right.microUsd, tokens: left.tokens + right.tokens, calls: left.calls + right.calls };
}

/** What is left of one after the other is taken away; never below nothing. */
export function minus(left: Amount, right: Amount): Amount {
  return each((unit) => Math.max(0, left[unit] - right[unit]));
}

/** Of two amounts the greater, unit by unit. */
export function greater(left: Amount, right: Amount): Amount {
  return each((unit) => Math.max(left[unit], right[unit]));
}

/** Of two amounts the lesser, unit by unit. */
export function lesser(left: Amount, right: Amount): Amount {
  return each((unit) => Math.min(left[unit], right[unit]));
}

/** An amount without what is beyond, in the units that have a most. */
export function within(amount: Amount, most: Partial<Amount>): Amount {
  return each((unit) => Math.min(amount[unit], most[unit] ?? Number.POSITIVE_INFINITY));
}

/**
 * One unit of an amount in words.
 *
 * @example
 * inWords('microUsd', 2_970_000); // '$2.97'
 */
export function inWords(unit: Unit, count: number): string {
  if (unit === 'microUsd') return inUsd(count);
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}

function each(count: (unit: Unit) => number): Amount {
  return { microUsd: count('microUsd'), tokens: count('tokens'), calls: count('calls') };
}
