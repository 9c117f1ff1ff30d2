import type { Amount } from '../../gateway/budget/amount.ts';
import type { BudgetOf, Caller } from '../../gateway/budget/budget-rule.ts';
import type { Limited } from '../../gateway/budget/window.ts';

/** One call of a model, before it is made. */
export interface CallToPay {
  readonly id: string;
  readonly caller: Caller;
  /** Budgets of its key, beside those of the configuration. */
  readonly own: readonly BudgetOf[];
  /** The most that it may come to. */
  readonly amount: Amount;
}

export type Held =
  | { readonly kind: 'held' }
  | {
      readonly kind: 'refused';
      readonly sentence: string;
      /** In how many milliseconds there may be room again; null where no waiting mends it. */
      readonly againMs: number | null;
    };

/** What calls may come to, together: reserved before each of them, settled after. */
export interface ModelBudgets {
  /** Reserves in all budgets that a call counts against, or in none. */
  reserve(call: CallToPay): Promise<Held>;
  /** Takes a place under the limits of somebody, in all of them or in none, until it is settled under its id. */
  enter(id: string, limited: Limited, tokens: number): Promise<Held>;
  /** Closes a call, or a place, with what it came to; done twice, it changes nothing more. */
  settle(id: string, cameTo: Amount): void;
  /** Learns how far budgets with a soft limit are that a caller counts against, where nothing is known of one yet. */
  learn(caller: Caller): Promise<void>;
  /** Budgets of a caller that are beyond a soft limit, in words: a cheaper plan is due. */
  strained(caller: Caller): readonly string[];
}
