import { grown, opened, passes, reported, used, type Account, type Caps } from './account.ts';
import { greater, minus, nothing, plus, units, type Amount, type Unit } from './amount.ts';
import { noRoom } from './reserve.ts';
import { grantSlice } from './slice.ts';

/** What a process tells the ledger of its slice of a budget when it has no room for a call. */
export interface SliceAsk {
  /** The budget in words. */
  readonly of: string;
  readonly caps: Caps;
  /** The process. */
  readonly holder: string;
  /** What it spent of its slice in all: its own closed part. */
  readonly spent: Amount;
  /** What its calls under way may come to. */
  readonly under: Amount;
  /** What the call at hand may come to. */
  readonly amount: Amount;
}

export type SliceAnswer =
  | {
      readonly kind: 'granted';
      /** The account of the ledger, to be written. */
      readonly account: Account;
      /** All that the process may spend, what it spent of it included. */
      readonly granted: Amount;
      /** What counts against the cap beside it. */
      readonly others: Amount;
      /** The ledger had no slice of it any more, taking it for dead: what it spent until now is closed there. */
      readonly isNew: boolean;
    }
  | { readonly kind: 'refused'; readonly sentence: string };

/** A slice is so small a part of a cap: what a process forfeits by its death. */
const slicesInCap = 32;

/**
 * Answers a process that has no room for a call, from the account of the ledger: it says what it spent, and gets room for the call and for
 * some more. Asked again because an answer was lost, it grants nothing twice.
 */
export function askForSlice(before: Account, { of, caps, holder, spent, under, amount }: SliceAsk): SliceAnswer {
  const isNew = !before.open.has(holder);
  const account = isNew ? opened(before, holder, nothing) : upTo(reported(before, holder, spent), holder);
  const granted = account.open.get(holder)?.granted ?? nothing;
  const busy = isNew ? under : plus(spent, under);
  const needed = limited(caps, minus(plus(busy, amount), granted), amount);
  const others = minus(used(account), granted);
  if (units.every((unit) => needed[unit] === 0)) return { kind: 'granted', account, granted, others, isNew };
  const slice = grantSlice(account, { id: holder, caps, needed, wanted: wantedOf(caps, needed) });
  if (slice === null) {
    const real = { ...account, open: new Map(account.open).set(holder, { granted: busy, spent: nothing }) };
    const unit = passes(real, caps.hard, amount) ?? firstLimited(caps);
    return { kind: 'refused', sentence: noRoom({ of, account: real, caps }, unit, amount) };
  }
  return { kind: 'granted', account: slice.account, granted: plus(granted, slice.granted), others, isNew };
}

/** Where calls came to more than was thought, more was spent than granted: that much counts as granted too. */
function upTo(account: Account, holder: string): Account {
  const { granted = nothing, spent = nothing } = account.open.get(holder) ?? {};
  return grown(account, holder, minus(greater(granted, spent), granted));
}

/** What a cap limits and the call at hand needs; the rest is not asked for. */
function limited({ hard }: Caps, more: Amount, amount: Amount): Amount {
  const of = (unit: Unit): number => (hard[unit] === undefined || amount[unit] === 0 ? 0 : more[unit]);
  return { microUsd: of('microUsd'), tokens: of('tokens'), calls: of('calls') };
}

function wantedOf({ hard }: Caps, needed: Amount): Amount {
  const of = (unit: Unit): number => (needed[unit] === 0 ? 0 : Math.max(needed[unit], Math.ceil((hard[unit] ?? 0) / slicesInCap)));
  return { microUsd: of('microUsd'), tokens: of('tokens'), calls: of('calls') };
}

function firstLimited({ hard }: Caps): Unit {
  return units.find((unit) => hard[unit] !== undefined) ?? 'microUsd';
}
