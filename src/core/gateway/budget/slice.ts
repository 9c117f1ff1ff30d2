import { opened, grown, used, type Account, type Caps } from './account.ts';
import { greater, lesser, minus, units, type Amount } from './amount.ts';

/**
 * A part of a budget that one gateway process may spend from memory, without asking the ledger before each call. Where the
 * process dies, what it did not report of its slice is forfeited, and no more.
 */
export interface Slice {
  readonly account: Account;
  readonly granted: Amount;
}

/**
 * Grants a slice: as much as a process would like, less where the cap is near, and null where not even what it needs for
 * the call at hand is left. A second grant under the same id makes the slice greater.
 *
 * @example
 * grantSlice(account, { id: 'gateway-1', caps, needed, wanted })?.granted;
 */
export function grantSlice(
  account: Account,
  { id, caps, needed, wanted }: { readonly id: string; readonly caps: Caps; readonly needed: Amount; readonly wanted: Amount },
): Slice | null {
  const left = minus(ceilingOf(caps), used(account));
  if (units.some((unit) => needed[unit] > left[unit])) return null;
  const granted = lesser(left, greater(needed, wanted));
  const isOpen = account.open.has(id);
  return { account: isOpen ? grown(account, id, granted) : opened(account, id, granted), granted };
}

/**
 * What a process has spent of its slice in all, from its own account of it: what is settled there. Calls under way are not in it yet;
 * they are held by the rest of the slice.
 */
export function spentOf(own: Account): Amount {
  return own.closed;
}

/** The caps of a process's own account: its slice and nothing beside. The soft limit is the ledger's to know. */
export function capsOf(granted: Amount): Caps {
  return { soft: {}, hard: granted };
}

function ceilingOf({ hard }: Caps): Amount {
  const none = Number.MAX_SAFE_INTEGER;
  return { microUsd: hard.microUsd ?? none, tokens: hard.tokens ?? none, calls: hard.calls ?? none };
}
