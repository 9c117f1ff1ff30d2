import { type Account, emptyAccount, opened, settled, used } from '../../../core/gateway/budget/account.ts';
import { type Amount, minus, nothing, plus, units } from '../../../core/gateway/budget/amount.ts';
import { budgetsFor, type BudgetOf, type BudgetRule, type Caller } from '../../../core/gateway/budget/budget-rule.ts';
import { askForSlice, type SliceAnswer } from '../../../core/gateway/budget/own-slice.ts';
import { isStrained, reserve, type Purse } from '../../../core/gateway/budget/reserve.ts';
import { capsOf, spentOf } from '../../../core/gateway/budget/slice.ts';
import type { CallToPay, Held, ModelBudgets } from '../../../core/ports/gateway/model-budgets.ts';
import { changeAccounts } from './accounts.ts';
import type { StoreDatabase } from './store-database.ts';

export interface LedgerBudgetsOptions {
  readonly database: Pick<StoreDatabase, 'attempt'>;
  readonly rules: readonly BudgetRule[];
  /** This process, by a name that no other has, nor had. */
  readonly holder: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Budgets that gateway processes share, until closed. */
export interface LedgerBudgets extends ModelBudgets {
  /** Gives back what is left of slices that no call under way counts against. */
  giveBack(): Promise<void>;
}

/** A budget as this process has it. */
interface Own {
  readonly budget: BudgetOf;
  readonly run: string | null;
  /** Its calls. */
  readonly account: Account;
  /** Its slice. */
  readonly granted: Amount;
  /** What others had when the ledger was asked last. */
  readonly others: Amount;
}

/** Spends from slices of the accounts in the ledger, which it asks only where a slice has no room for the call at hand. */
export function ledgerBudgets({ database, rules, holder, now }: LedgerBudgetsOptions): LedgerBudgets {
  const slices = new Map<string, Own>();
  const under = new Map<string, readonly string[]>();
  const budgetsOf = (caller: Caller): readonly BudgetOf[] => budgetsFor(rules, caller, new Date(now()).toISOString());
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time asks the ledger, so that no two ask for the same room. */
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };

  const fromSlices = ({ id, amount }: CallToPay, owns: readonly Own[]): boolean => {
    const held = reserve(owns.map(purseOf), id, amount);
    if (held.kind === 'refused') return false;
    for (const { own, account } of held.purses) slices.set(own.budget.key, { ...own, account });
    under.set(
      id,
      held.purses.map(({ own }) => own.budget.key),
    );
    return true;
  };

  const fromLedger = async (call: CallToPay, ownsNow: () => readonly Own[]): Promise<Held> => {
    for (;;) {
      const owns = ownsNow();
      if (fromSlices(call, owns)) return { kind: 'held' };
      const asking = owns.filter((own) => reserve([purseOf(own)], call.id, call.amount).kind === 'refused');
      const answers = await askLedger(database, holder, { call, asking });
      if (answers.kind === 'refused') return answers;
      // Calls that ended meanwhile are in the slices as they are now.
      for (const { key, granted, others, isNew } of answers.granted) {
        const own = slices.get(key) ?? asking.find(({ budget }) => budget.key === key);
        if (own === undefined) continue;
        const account = isNew ? { ...own.account, closed: minus(own.account.closed, answers.spent.get(key) ?? nothing) } : own.account;
        slices.set(key, { ...own, account, granted, others });
      }
    }
  };

  return {
    async reserve(call) {
      const { caller } = call;
      const budgets = [...budgetsOf(caller), ...call.own];
      const ownsNow = (): readonly Own[] => budgets.map((budget) => ({ ...(slices.get(budget.key) ?? freshFor(budget, caller)), budget }));
      if (fromSlices(call, ownsNow())) return { kind: 'held' };
      return inTurn(() => fromLedger(call, ownsNow));
    },
    settle(id, cameTo) {
      for (const key of under.get(id) ?? []) {
        const own = slices.get(key);
        if (own !== undefined) slices.set(key, { ...own, account: settled(own.account, id, cameTo) });
      }
      under.delete(id);
    },
    strained: (caller) =>
      budgetsOf(caller).flatMap((budget) => {
        const own = slices.get(budget.key);
        return own !== undefined && isStrained(wholeOf({ ...own, budget })) ? [budget.of] : [];
      }),
    giveBack: () =>
      inTurn(async () => {
        const loose = [...slices.values()].filter(isLoose);
        if (loose.length === 0) return;
        // Nothing is spent of it meanwhile: who has no room waits for this turn to end.
        const keep = (owns: readonly Own[]): void => {
          for (const { budget, granted } of owns) {
            const own = slices.get(budget.key);
            if (own !== undefined) slices.set(budget.key, { ...own, granted });
          }
        };
        keep(loose.map((own) => ({ ...own, granted: used(own.account) })));
        await returnSlices(database, holder, loose).catch((error: unknown) => {
          keep(loose);
          throw error;
        });
        for (const { budget, account } of loose) {
          const own = slices.get(budget.key);
          const rest = own === undefined ? null : { ...own, ...afterReturn(own.account, account) };
          if (rest === null || isIdle(rest)) slices.delete(budget.key);
          else slices.set(budget.key, rest);
        }
      }),
  };
}

function freshFor(budget: BudgetOf, { run }: Caller): Own {
  const endsWithRun = /^(?:run|station|key):/.test(budget.key);
  return { budget, run: endsWithRun ? run : null, account: emptyAccount, granted: nothing, others: nothing };
}

/** The slice as a budget of its own, limited in what the budget limits. */
function purseOf(own: Own): Purse & { readonly own: Own } {
  const { of, caps } = own.budget;
  const granted = capsOf(own.granted).hard;
  const hard = Object.fromEntries(units.flatMap((unit) => (caps.hard[unit] === undefined ? [] : [[unit, granted[unit]]])));
  return { of, account: own.account, caps: { soft: {}, hard }, own };
}

/** The whole budget, as far as this process knows it. */
function wholeOf({ budget, account, others }: Own): Purse {
  return { of: budget.of, caps: budget.caps, account: { ...account, closed: plus(account.closed, others) } };
}

interface Granted extends Omit<Extract<SliceAnswer, { kind: 'granted' }>, 'kind' | 'account'> {
  readonly key: string;
}

type LedgerAnswer =
  | { readonly kind: 'granted'; readonly granted: readonly Granted[]; readonly spent: ReadonlyMap<string, Amount> }
  | Extract<Held, { kind: 'refused' }>;

/** Asks for room in all of these, or in none. */
async function askLedger(
  database: LedgerBudgetsOptions['database'],
  holder: string,
  { call, asking }: { readonly call: CallToPay; readonly asking: readonly Own[] },
): Promise<LedgerAnswer> {
  const names = asking.map(({ budget, run }) => ({ key: budget.key, run }));
  const spent = new Map(asking.map(({ budget, account }) => [budget.key, spentOf(account)]));
  return changeAccounts<LedgerAnswer>(database, names, (accounts) => {
    const written = new Map<string, Account>();
    const granted: Granted[] = [];
    for (const { budget, account } of asking) {
      const { key, of, caps } = budget;
      const ask = { of, caps, holder, spent: spentOf(account), under: underWayIn(account), amount: call.amount };
      const answer = askForSlice(accounts.get(key) ?? emptyAccount, ask);
      if (answer.kind === 'refused') return { accounts: new Map(), told: answer };
      written.set(key, answer.account);
      granted.push({ key, granted: answer.granted, others: answer.others, isNew: answer.isNew });
    }
    return { accounts: written, told: { kind: 'granted', granted, spent } };
  });
}

function isIdle({ account }: Own): boolean {
  return Object.keys(account.open).length === 0;
}

/** Whether there is something to give back: calls under way keep what they may come to. */
function isLoose(own: Own): boolean {
  const rest = minus(own.granted, used(own.account));
  return isIdle(own) || units.some((unit) => own.budget.caps.hard[unit] !== undefined && rest[unit] > 0);
}

/** Closes what was spent of slices, and keeps of each what calls under way may come to. */
async function returnSlices(database: LedgerBudgetsOptions['database'], holder: string, loose: readonly Own[]): Promise<void> {
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

/** What is left here after the ledger closed what was spent until then; calls that ended since are not in that. */
function afterReturn(now: Account, then: Account): Pick<Own, 'account' | 'granted'> {
  return { account: { ...now, closed: minus(now.closed, spentOf(then)) }, granted: underWayIn(then) };
}

function underWayIn(account: Account): Amount {
  return minus(used(account), spentOf(account));
}
