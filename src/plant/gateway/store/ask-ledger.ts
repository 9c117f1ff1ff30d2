import { type Account, emptyAccount, opened, settled } from '../../../core/gateway/budget/account.ts';
import { type Amount, within } from '../../../core/gateway/budget/amount.ts';
import { askForSlice, type SliceAnswer } from '../../../core/gateway/budget/own-slice.ts';
import { spentOf } from '../../../core/gateway/budget/slice.ts';
import { mostOfOne } from '../../../core/gateway/budget/window.ts';
import { changeAccounts } from './accounts.ts';
import { isIdle, type Own, underWayIn } from './own-part.ts';
import type { StoreDatabase } from './store-database.ts';

type AccountsDatabase = Pick<StoreDatabase, 'attempt'>;

interface Granted extends Omit<Extract<SliceAnswer, { kind: 'granted' }>, 'kind' | 'account'> {
  readonly key: string;
}

type LedgerAnswer =
  | { readonly kind: 'granted'; readonly granted: readonly Granted[]; readonly spent: ReadonlyMap<string, Amount> }
  | { readonly kind: 'refused'; readonly sentence: string; /** Of the account that has no room. */ readonly key: string };

/** Asks for room in all of these, or in none. */
export async function askLedger(
  database: AccountsDatabase,
  holder: string,
  { amount, asking }: { readonly amount: Amount; readonly asking: readonly Own[] },
): Promise<LedgerAnswer> {
  const names = asking.map(({ budget, run }) => ({ key: budget.key, run }));
  const spent = new Map(asking.map(({ budget, account }) => [budget.key, spentOf(account)]));
  return changeAccounts<LedgerAnswer>(database, names, (accounts) => {
    const written = new Map<string, Account>();
    const granted: Granted[] = [];
    for (const { budget, account } of asking) {
      const { key, of, caps } = budget;
      const ask = {
        of,
        caps,
        holder,
        spent: spentOf(account),
        under: underWayIn(account),
        amount: within(amount, mostOfOne(budget.key, budget.caps)),
      };
      const answer = askForSlice(accounts.get(key) ?? emptyAccount, ask);
      if (answer.kind === 'refused') return { accounts: new Map(), told: { ...answer, key } };
      written.set(key, answer.account);
      granted.push({ key, granted: answer.granted, others: answer.others, isNew: answer.isNew });
    }
    return { accounts: written, told: { kind: 'granted', granted, spent } };
  });
}

/** Closes what was spent of slices, and keeps of each what calls under way may come to. */
export async function returnSlices(database: AccountsDatabase, holder: string, loose: readonly Own[]): Promise<void> {
  const names = loose.map(({ budget, run }) => ({ key: budget.key, run }));
  await changeAccounts(database, names, (accounts) => {
    const after = loose.map((own) => {
      const { budget, account } = own;
      const closed = settled(accounts.get(budget.key) ?? emptyAccount, holder, spentOf(account));
      return [budget.key, isIdle(own) ? closed : opened(closed, holder, underWayIn(account))] as const;
    });
    return { accounts: new Map(after), told: undefined };
  });
}
