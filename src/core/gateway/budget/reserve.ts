import { opened, passes, used, type Account, type Caps } from './account.ts';
import { inUsdExactly } from '../money/micro-usd.ts';
import { inWords, units, within, type Amount, type Unit } from './amount.ts';

/** One budget that a call counts against. */
export interface Purse {
  /** What it is of, in words: 'run deps-ms-1'. */
  readonly of: string;
  readonly account: Account;
  readonly caps: Caps;
  /** The most that one call takes of it, in the units where there is one. */
  readonly most?: Partial<Amount>;
}

export type Reservation =
  | {
      readonly kind: 'held';
      /** Of each purse, its account with the call. */
      readonly accounts: readonly Account[];
    }
  | {
      readonly kind: 'refused';
      /** Which of the purses has no room. */
      readonly at: number;
      readonly unit: Unit;
      /** What happened, for the agent and for the record. */
      readonly sentence: string;
    };

/**
 * Reserves what a call may come to in each of its nested budgets, or in none of them.
 *
 * @example
 * reserve([run, line, organisation], 'call-7', { microUsd: 120_000, tokens: 9000, calls: 1 });
 */
export function reserve(purses: readonly Purse[], id: string, amount: Amount): Reservation {
  for (const [at, purse] of purses.entries()) {
    const isOpen = purse.account.open.has(id);
    const takes = taken(amount, purse);
    const unit = isOpen ? null : passes(purse.account, purse.caps.hard, takes);
    if (unit !== null) return { kind: 'refused', at, unit, sentence: noRoom(purse, unit, takes) };
  }
  return { kind: 'held', accounts: purses.map((purse) => opened(purse.account, id, taken(amount, purse))) };
}

function taken(amount: Amount, { most }: Purse): Amount {
  return most === undefined ? amount : within(amount, most);
}

/** Whether a budget is beyond one of its soft limits: the next call is to go to a cheaper plan. */
export function isStrained({ account, caps }: Pick<Purse, 'account' | 'caps'>): boolean {
  if (!units.some((unit) => caps.soft[unit] !== undefined)) return false;
  const count = used(account);
  return units.some((unit) => count[unit] > (caps.soft[unit] ?? Number.POSITIVE_INFINITY));
}

/** Says that a budget has no room for a call; of a slice this is no news: ask the ledger for another, and say it of the whole account. */
export function noRoom({ of, account, caps }: Purse, unit: Unit, amount: Amount): string {
  // Rounded, what is left would look as if it sufficed.
  const exactly = (count: number): string => (unit === 'microUsd' ? inUsdExactly(count) : inWords(unit, count));
  const [gone, cap, most] = [used(account)[unit], caps.hard[unit] ?? 0, amount[unit]].map(exactly);
  return `The budget of ${of} has no room for this call: ${gone} of ${cap} is used or reserved, and the call may come to ${most}.`;
}
