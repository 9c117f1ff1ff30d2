import { emptyAccount, settled, type Account } from '../../../core/gateway/budget/account.ts';
import { budgetsFor, type BudgetOf, type BudgetRule, type Caller } from '../../../core/gateway/budget/budget-rule.ts';
import { isStrained, reserve, type Purse } from '../../../core/gateway/budget/reserve.ts';
import type { ModelBudgets } from '../../../core/ports/gateway/model-budgets.ts';

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
  const pursesOf = (budgets: readonly BudgetOf[]): readonly (Purse & { readonly key: string })[] =>
    budgets.map((budget) => ({ ...budget, account: accounts.get(budget.key) ?? emptyAccount }));
  const budgetsOf = (caller: Caller): readonly BudgetOf[] => budgetsFor(rules, caller, new Date(now()).toISOString());
  return {
    async reserve({ id, caller, own, amount }) {
      const held = reserve(pursesOf([...budgetsOf(caller), ...own]), id, amount);
      if (held.kind === 'refused') return { kind: 'refused', sentence: held.sentence };
      for (const { key, account } of held.purses) accounts.set(key, account);
      under.set(
        id,
        held.purses.map(({ key }) => key),
      );
      return { kind: 'held' };
    },
    settle(id, cameTo) {
      for (const key of under.get(id) ?? []) accounts.set(key, settled(accounts.get(key) ?? emptyAccount, id, cameTo));
      under.delete(id);
    },
    strained: (caller) =>
      pursesOf(budgetsOf(caller))
        .filter(isStrained)
        .map(({ of }) => of),
  };
}
