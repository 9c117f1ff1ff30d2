import { settled, used } from '../../../core/gateway/budget/account.ts';
import { type Amount, minus, nothing } from '../../../core/gateway/budget/amount.ts';
import { budgetsFor, type BudgetOf, type BudgetRule, type Caller } from '../../../core/gateway/budget/budget-rule.ts';
import { isStrained, reserve } from '../../../core/gateway/budget/reserve.ts';
import type { CallToPay, Held, ModelBudgets } from '../../../core/ports/gateway/model-budgets.ts';
import { askLedger, returnSlices } from './ask-ledger.ts';
import { afterReturn, freshFor, isIdle, isLoose, type Own, purseOf, wholeOf } from './own-part.ts';
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

/** Spends from slices of the accounts in the ledger, which it asks only where a slice has no room for the call at hand. */
export function ledgerBudgets(options: LedgerBudgetsOptions): LedgerBudgets {
  return new Slices(options);
}

class Slices implements LedgerBudgets {
  readonly #options: LedgerBudgetsOptions;
  readonly #slices = new Map<string, Own>();
  /** Keys of the budgets that a call counts against. */
  readonly #under = new Map<string, readonly string[]>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LedgerBudgetsOptions) {
    this.#options = options;
  }

  async reserve(call: CallToPay): Promise<Held> {
    const budgets = [...this.#budgetsOf(call.caller), ...call.own];
    const ownsNow = (): readonly Own[] =>
      budgets.map((budget) => ({ ...(this.#slices.get(budget.key) ?? freshFor(budget, call.caller)), budget }));
    if (this.#fromSlices(call, ownsNow())) return { kind: 'held' };
    return this.#inTurn(() => this.#fromLedger(call, ownsNow));
  }

  settle(id: string, cameTo: Amount): void {
    for (const key of this.#under.get(id) ?? []) {
      const own = this.#slices.get(key);
      if (own !== undefined) this.#slices.set(key, { ...own, account: settled(own.account, id, cameTo) });
    }
    this.#under.delete(id);
  }

  strained(caller: Caller): readonly string[] {
    return this.#budgetsOf(caller).flatMap((budget) => {
      const own = this.#slices.get(budget.key);
      return own !== undefined && isStrained(wholeOf({ ...own, budget })) ? [budget.of] : [];
    });
  }

  giveBack(): Promise<void> {
    return this.#inTurn(async () => {
      const loose = [...this.#slices.values()].filter(isLoose);
      if (loose.length === 0) return;
      // Nothing is spent of it meanwhile: who has no room waits for this turn to end.
      this.#grant(loose.map((own) => ({ ...own, granted: used(own.account) })));
      await returnSlices(this.#options.database, this.#options.holder, loose).catch((error: unknown) => {
        this.#grant(loose);
        throw error;
      });
      for (const { budget, account } of loose) {
        const own = this.#slices.get(budget.key);
        const rest = own === undefined ? null : { ...own, ...afterReturn(own.account, account) };
        if (rest === null || isIdle(rest)) this.#slices.delete(budget.key);
        else this.#slices.set(budget.key, rest);
      }
    });
  }

  #budgetsOf(caller: Caller): readonly BudgetOf[] {
    const { rules, now } = this.#options;
    return budgetsFor(rules, caller, new Date(now()).toISOString());
  }

  /** One at a time asks the ledger, so that no two ask for the same room. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #fromSlices({ id, amount }: CallToPay, owns: readonly Own[]): boolean {
    const held = reserve(owns.map(purseOf), id, amount);
    if (held.kind === 'refused') return false;
    for (const { own, account } of held.purses) this.#slices.set(own.budget.key, { ...own, account });
    this.#under.set(
      id,
      held.purses.map(({ own }) => own.budget.key),
    );
    return true;
  }

  async #fromLedger(call: CallToPay, ownsNow: () => readonly Own[]): Promise<Held> {
    for (;;) {
      const owns = ownsNow();
      if (this.#fromSlices(call, owns)) return { kind: 'held' };
      const asking = owns.filter((own) => reserve([purseOf(own)], call.id, call.amount).kind === 'refused');
      const answer = await askLedger(this.#options.database, this.#options.holder, { call, asking });
      if (answer.kind === 'refused') return answer;
      // Calls that ended meanwhile are in the slices as they are now.
      for (const { key, granted, others, isNew } of answer.granted) {
        const own = this.#slices.get(key) ?? asking.find(({ budget }) => budget.key === key);
        if (own === undefined) continue;
        const account = isNew ? { ...own.account, closed: minus(own.account.closed, answer.spent.get(key) ?? nothing) } : own.account;
        this.#slices.set(key, { ...own, account, granted, others });
      }
    }
  }

  #grant(owns: readonly Own[]): void {
    for (const { budget, granted } of owns) {
      const own = this.#slices.get(budget.key);
      if (own !== undefined) this.#slices.set(budget.key, { ...own, granted });
    }
  }
}
