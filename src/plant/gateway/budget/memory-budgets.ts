import { emptyAccount, settled, type Account } from '../../../core/gateway/budget/account.ts';
import { nothing, type Amount } from '../../../core/gateway/budget/amount.ts';
import { budgetReader, type BudgetOf, type BudgetRule, type Caller } from '../../../core/gateway/budget/budget-rule.ts';
import { isStrained, reserve, type Purse } from '../../../core/gateway/budget/reserve.ts';
import { comesBack, isOver, limitsAsBudgets, mostOfOne, roomIn } from '../../../core/gateway/budget/window.ts';
import type { Held, ModelBudgets } from '../../../core/ports/gateway/model-budgets.ts';

interface MemoryBudgetsOptions {
  readonly rules: readonly BudgetRule[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Budgets that one process keeps in memory: they hold among its own calls, and begin anew with it. Those that several processes share,
 * and that outlive them, are slices of accounts in the ledger.
 */
export function memoryBudgets({ rules, now }: MemoryBudgetsOptions): ModelBudgets {
  const accounts = new Map<string, Account>();
  const under = new Map<string, readonly string[]>();
  const pursesOf = (budgets: readonly BudgetOf[]): readonly Purse[] =>
    budgets.map(({ key, of, caps }) => ({ of, caps, account: accounts.get(key) ?? emptyAccount, most: mostOfOne(key, caps) }));
  const budgetsFor = budgetReader(rules);
  const budgetsOf = (caller: Caller): readonly BudgetOf[] => budgetsFor(caller, now());
  const hold = (id: string, budgets: readonly BudgetOf[], amount: Amount): Held => {
    const held = reserve(pursesOf(budgets), id, amount);
    if (held.kind === 'refused') return { kind: 'refused', sentence: held.sentence, againMs: roomIn(budgets[held.at]?.key ?? '', now()) };
    const keys = budgets.map(({ key }) => key);
    for (const [at, account] of held.accounts.entries()) {
      const key = keys[at] ?? '';
      if (!accounts.has(key)) forgetMinutes(accounts, now());
      accounts.set(key, account);
    }
    under.set(id, keys);
    return { kind: 'held' };
  };
  return {
    reserve: async ({ id, caller, own, amount }) => hold(id, own.length === 0 ? budgetsOf(caller) : [...budgetsOf(caller), ...own], amount),
    enter: async (id, limited, tokens) =>
      hold(id, limitsAsBudgets(limited, new Date(now()).toISOString()), { microUsd: 0, tokens, calls: 1 }),
    settle(id, cameTo) {
      for (const key of under.get(id) ?? [])
        accounts.set(key, settled(accounts.get(key) ?? emptyAccount, id, comesBack(key) ? nothing : cameTo));
      under.delete(id);
    },
    learn: async () => undefined,
    strained: (caller) =>
      pursesOf(budgetsOf(caller))
        .filter(isStrained)
        .map(({ of }) => of),
  };
}

/** Nobody asks again for what was taken of a minute that is over. */
function forgetMinutes(accounts: Map<string, Account>, now: number): void {
  for (const [key, { open }] of accounts) if (isOver(key, now) && open.size === 0) accounts.delete(key);
}
