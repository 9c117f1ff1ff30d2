import { z } from 'zod';
import { Amount, greater, nothing, plus, type Unit, units } from './amount.ts';

/** Beyond `soft` a cheaper plan is taken, beyond `hard` nothing more is begun. */
export interface Caps {
  readonly soft: Partial<Amount>;
  readonly hard: Partial<Amount>;
}

/**
 * What one budget has given out: closed for good, and open, where something is still under way. The same account serves on
 * both levels: in the ledger its open entries are the slices of gateway processes, within a process they are calls.
 */
export interface Account {
  /** What is settled. */
  readonly closed: Amount;
  /** By the id of its holder. A map and no object: an object with a new name for each call costs more than all else that is done here. */
  readonly open: ReadonlyMap<string, Entry>;
}

const Entry = z.strictObject({
  granted: Amount,
  /** What was spent of it so far, as far as its holder said. */
  spent: Amount,
});
type Entry = z.infer<typeof Entry>;

const StoredAccount = z.strictObject({ closed: Amount, open: z.record(z.string(), Entry) });

/** An account as it is kept. Throws where it is none. */
export function accountOf(stored: unknown): Account {
  const { closed, open } = StoredAccount.parse(stored);
  return { closed, open: new Map(Object.entries(open)) };
}

/** An account as JSON, to be kept. */
export function storedAccount({ closed, open }: Account): string {
  return JSON.stringify({ closed, open: Object.fromEntries(open) } satisfies z.infer<typeof StoredAccount>);
}

export const emptyAccount: Account = { closed: nothing, open: new Map() };

/** What counts against the cap: what is settled, and of what is open the grant, or more where more was spent. */
export function used({ closed, open }: Account): Amount {
  // Asked for with every call: no object is made for each entry.
  let { microUsd, tokens, calls } = closed;
  for (const entry of open.values()) {
    microUsd += Math.max(entry.granted.microUsd, entry.spent.microUsd);
    tokens += Math.max(entry.granted.tokens, entry.spent.tokens);
    calls += Math.max(entry.granted.calls, entry.spent.calls);
  }
  return { microUsd, tokens, calls };
}

/** The first unit in which an amount more would pass its cap. */
export function passes(account: Account, caps: Partial<Amount>, amount: Amount): Unit | null {
  const before = used(account);
  return units.find((unit) => amount[unit] > 0 && before[unit] + amount[unit] > (caps[unit] ?? Number.POSITIVE_INFINITY)) ?? null;
}

/** Opens an entry, whether or not there is room for it; one that is open already stays as it is. */
export function opened(account: Account, id: string, granted: Amount): Account {
  if (account.open.has(id)) return account;
  return { closed: account.closed, open: new Map(account.open).set(id, { granted, spent: nothing }) };
}

/** Gives an open entry more. */
export function grown(account: Account, id: string, more: Amount): Account {
  return changed(account, id, ({ granted, spent }) => ({ granted: plus(granted, more), spent }));
}

/** Takes down what the holder of an open entry has spent of it in all; told twice or late, it changes nothing. */
export function reported(account: Account, id: string, spentInAll: Amount): Account {
  return changed(account, id, ({ granted, spent }) => ({ granted, spent: greater(spent, spentInAll) }));
}

/** Closes an entry with what it really came to. An entry that is not open was closed before: nothing changes. */
export function settled(account: Account, id: string, cameTo: Amount): Account {
  return without(account, id, () => cameTo);
}

/** Closes an entry whose holder is gone: what it may have spent counts as spent. */
export function forfeited(account: Account, id: string): Account {
  return without(account, id, ({ granted, spent }) => greater(granted, spent));
}

function changed(account: Account, id: string, change: (entry: Entry) => Entry): Account {
  const entry = account.open.get(id);
  return entry === undefined ? account : { closed: account.closed, open: new Map(account.open).set(id, change(entry)) };
}

function without(account: Account, id: string, cameTo: (entry: Entry) => Amount): Account {
  const entry = account.open.get(id);
  if (entry === undefined) return account;
  const open = new Map(account.open);
  open.delete(id);
  return { closed: plus(account.closed, cameTo(entry)), open };
}
