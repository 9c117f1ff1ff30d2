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
export const Account = z.strictObject({
  /** What is settled. */
  closed: Amount,
  open: z.record(
    z.string(),
    z.strictObject({
      granted: Amount,
      /** What was spent of it so far, as far as its holder said. */
      spent: Amount,
    }),
  ),
});
export type Account = z.infer<typeof Account>;

export const emptyAccount: Account = { closed: nothing, open: {} };

/** What counts against the cap: what is settled, and of what is open the grant, or more where more was spent. */
export function used({ closed, open }: Account): Amount {
  // Asked for with every call: no object is made for each entry.
  let { microUsd, tokens, calls } = closed;
  for (const id in open) {
    const entry = open[id];
    if (entry === undefined) continue;
    microUsd += Math.max(entry.granted.microUsd, entry.spent.microUsd);
    tokens += Math.max(entry.granted.tokens, entry.spent.tokens);
    calls += Math.max(entry.granted.calls, entry.spent.calls);
  }
  return { microUsd, tokens, calls };
}

/** The first unit in which an amount more would pass its cap. */
export function passes(account: Account, caps: Partial<Amount>, amount: Amount): Unit | null {
  const after = plus(used(account), amount);
  return units.find((unit) => amount[unit] > 0 && after[unit] > (caps[unit] ?? Number.POSITIVE_INFINITY)) ?? null;
}

/** Opens an entry, whether or not there is room for it; one that is open already stays as it is. */
export function opened(account: Account, id: string, granted: Amount): Account {
  if (Object.hasOwn(account.open, id)) return account;
  return { ...account, open: { ...account.open, [id]: { granted, spent: nothing } } };
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

type Entry = Account['open'][string];

function changed(account: Account, id: string, change: (entry: Entry) => Entry): Account {
  const entry = entryOf(account, id);
  return entry === undefined ? account : { ...account, open: { ...account.open, [id]: change(entry) } };
}

function without(account: Account, id: string, cameTo: (entry: Entry) => Amount): Account {
  const entry = entryOf(account, id);
  if (entry === undefined) return account;
  const { [id]: _, ...open } = account.open;
  return { closed: plus(account.closed, cameTo(entry)), open };
}

function entryOf({ open }: Account, id: string): Entry | undefined {
  return Object.hasOwn(open, id) ? open[id] : undefined;
}
