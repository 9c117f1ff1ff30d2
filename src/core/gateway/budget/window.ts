import type { ProviderLimits } from '../config/provider.ts';
import type { Amount } from './amount.ts';
import type { Caps } from './account.ts';
import type { BudgetOf } from './budget-rule.ts';

/** Somebody who may ask so often, and so much at once. */
export interface Limited {
  /** `provider:house`, `key:1f…`. */
  readonly key: string;
  /** In words. */
  readonly of: string;
  readonly limits: ProviderLimits;
}

/**
 * Limits as accounts: one for what is taken in a minute of the clock, and one for what is under way at once, of which every call gives
 * back what it took.
 *
 * @example
 * limitsAsBudgets({ key: 'provider:house', of: 'house', limits: { rpm: 60 } }, '2026-11-30T12:00:07Z')[0].key; // 'provider:house@2026-11-30T12:00'
 */
export function limitsAsBudgets({ key, of, limits }: Limited, at: string): readonly BudgetOf[] {
  const { rpm, tpm, concurrent } = limits;
  const minute = at.slice(0, 16);
  const hard = { ...(rpm !== undefined && { calls: rpm }), ...(tpm !== undefined && { tokens: tpm }) };
  const taken = { key: `${key}@${minute}`, of: `${of} for ${minute}`, caps: { soft: {}, hard } };
  const atOnce = { key: `${atOnceMark}${key}`, of: `${of} at once`, caps: { soft: {}, hard: { calls: concurrent ?? 0 } } };
  return [...(rpm === undefined && tpm === undefined ? [] : [taken]), ...(concurrent === undefined ? [] : [atOnce])];
}

/** Whether an account counts what is under way: what a call took of it comes back with its end, however that came. */
export function comesBack(key: string): boolean {
  return key.startsWith(atOnceMark);
}

/** Whether an account is of a minute that is over at a time in milliseconds since 1970. */
export function isOver(key: string, now: number): boolean {
  const end = endOf(key);
  return end !== null && end <= now;
}

/** Milliseconds until an account that has no room may have some; null where no waiting mends that. */
export function roomIn(key: string, now: number): number | null {
  if (comesBack(key)) return nextLookMs;
  const end = endOf(key);
  return end === null ? null : Math.max(1, end - now);
}

/** The most that one call takes of an account: of a minute all of it, or a call that is greater would never go. */
export function mostOfOne(key: string, { hard }: Caps): Partial<Amount> {
  return endOf(key) === null ? {} : hard;
}

const atOnceMark = 'at-once:';
const minuteMs = 60_000;
/** How soon it is worth a look whether another call has ended. */
const nextLookMs = 50;

function endOf(key: string): number | null {
  const minute = /@(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})$/.exec(key)?.[1];
  return minute === undefined ? null : Date.parse(`${minute}:00Z`) + minuteMs;
}
