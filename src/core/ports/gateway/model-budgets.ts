import type { Amount } from '../../gateway/budget/amount.ts';
import type { BudgetOf, Caller } from '../../gateway/budget/budget-rule.ts';

/** One call of a model, before it is made. */
export interface CallToPay {
  readonly id: string;
  readonly caller: Caller;
  /** Budgets of its key, beside those of the configuration. */
  readonly own: readonly BudgetOf[];
  /** The most that it may come to. */
  readonly amount: Amount;
}

export type Held = { readonly kind: 'held' } | { readonly kind: 'refused'; readonly sentence: string };

/** What calls may come to, together: reserved before each of them, settled after. */
export interface ModelBudgets {
  /** Reserves in all budgets that a call counts against, or in none. */
  reserve(call: CallToPay): Promise<Held>;
  /** Closes a call with what it came to; done twice, it changes nothing more. */
  settle(id: string, cameTo: Amount): void;
  /** Budgets of a caller that are beyond a soft limit, in words: a cheaper plan is due. */
  strained(caller: Caller): readonly string[];
}
