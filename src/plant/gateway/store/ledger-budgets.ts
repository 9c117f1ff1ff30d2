import { settled, used } from '../../../core/gateway/budget/account.ts';
import { type Amount, minus, nothing } from '../../../core/gateway/budget/amount.ts';
import { budgetReader, type BudgetOf, type BudgetRule, type BudgetsFor, type Caller } from '../../../core/gateway/budget/budget-rule.ts';
import { isStrained, reserve } from '../../../core/gateway/budget/reserve.ts';
import { comesBack, isOver, type Limited, limitsAsBudgets, roomIn } from '../../../core/gateway/budget/window.ts';
import type { CallToPay, Held, ModelBudgets } from '../../../core/ports/gateway/model-budgets.ts';
import { askLedger, returnSlices } from './ask-ledger.ts';
import { afterReturn, freshFor, isGivenBack, isIdle, isLoose, type Own, purseOf, wholeOf } from './own-part.ts';
import { SoftSums } from './soft-sums.ts';
import type { StoreDatabase } from './store-database.ts';
import { forfeitDead } from './tidy.ts';

export interface LedgerBudgetsOptions {
  readonly database: Pick<StoreDatabase, 'attempt' | 'isLive'>;
  readonly rules: readonly BudgetRule[];
  /** This process, by a name that no other has, nor had. */
  readonly holder: string;
  /** Milliseconds since 1970, the same for all who share the accounts. */
  readonly now: () => number;
}

/** Budgets that gateway processes share, until closed. */
export interface LedgerBudgets extends ModelBudgets {
  /** Gives back what is left of slices that no call under way counts against. */
  giveBack(): Promise<void>;
  /**
   * Sees what the others did: how far soft limits are by now, and who died with places that some wait for. Gives back places that
   * nobody needs here.
   */
  look(): Promise<void>;
}

/** Spends from slices of the accounts in the ledger, which it asks only where a slice has no room for the call at hand. */
export function ledgerBudgets(options: LedgerBudgetsOptions): LedgerBudgets {
  return new Slices(options);
}

/** What is held in one piece: in all of these budgets, or in none. */
interface Asked {
  readonly id: string;
  readonly caller: Caller | null;
  readonly budgets: readonly BudgetOf[];
  readonly amount: Amount;
}

class Slices implements LedgerBudgets {
  readonly #options: LedgerBudgetsOptions;
  readonly #budgetsFor: BudgetsFor;
  readonly #slices = new Map<string, Own>();
  /** Keys of the budgets that a call counts against. */
  readonly #under = new Map<string, readonly string[]>();
  readonly #sums: SoftSums;
  /** Accounts of places that had none for somebody since the last look. */
  readonly #full = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LedgerBudgetsOptions) {
    this.#options = options;
    this.#budgetsFor = budgetReader(options.rules);
    this.#sums = new SoftSums(options.database, options.holder);
  }

  reserve({ id, caller, own, amount }: CallToPay): Promise<Held> {
    return this.#hold({ id, caller, budgets: [...this.#budgetsOf(caller), ...own], amount });
  }

  enter(id: string, limited: Limited, tokens: number): Promise<Held> {
    const budgets = limitsAsBudgets(limited, new Date(this.#options.now()).toISOString());
    return this.#hold({ id, caller: null, budgets, amount: { microUsd: 0, tokens, calls: 1 } });
  }

  settle(id: string, cameTo: Amount): void {
    for (const key of this.#under.get(id) ?? []) {
      const own = this.#slices.get(key);
      const amount = comesBack(key) ? nothing : cameTo;
      if (own !== undefined) this.#slices.set(key, { ...own, account: settled(own.account, id, amount) });
    }
    this.#under.delete(id);
  }

  async learn(caller: Caller): Promise<void> {
    const unknown = this.#softOf(caller).filter(({ key }) => !this.#sums.knows(key));
    if (unknown.length > 0) await this.#sums.read(unknown.map(({ key }) => key));
  }

  strained(caller: Caller): readonly string[] {
    return this.#softOf(caller).flatMap((budget) => {
      const own = this.#slices.get(budget.key) ?? freshFor(budget, caller);
      const others = this.#sums.othersOf(budget.key) ?? own.others;
      return isStrained(wholeOf({ ...own, budget, others })) ? [budget.of] : [];
    });
  }

  giveBack(): Promise<void> {
    return this.#giveBack(isLoose);
  }

  async look(): Promise<void> {
    await this.#sums.read();
    await this.#giveBack((own) => comesBack(own.budget.key) && isLoose(own));
    const full = [...this.#full];
    this.#full.clear();
    const { database } = this.#options;
    if (full.length > 0) await forfeitDead(database, (holder) => database.isLive(holder), full);
  }

  #giveBack(which: (own: Own) => boolean): Promise<void> {
    return this.#inTurn(async () => {
      const now = this.#options.now();
      for (const [key, own] of this.#slices) if (isOver(key, now) && isIdle(own)) this.#slices.delete(key);
      const loose = [...this.#slices.values()].filter(which);
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
        // What calls that ended meanwhile came to is not told yet: the ledger keeps room for them until it is.
        if (rest === null || isGivenBack(rest)) this.#slices.delete(budget.key);
        else this.#slices.set(budget.key, rest);
      }
      await this.#sums.read(loose.flatMap(({ budget: { key } }) => (this.#sums.knows(key) ? [key] : [])));
    });
  }

  async #hold(asked: Asked): Promise<Held> {
    const ownsNow = (): readonly Own[] =>
      asked.budgets.map((budget) => ({ ...(this.#slices.get(budget.key) ?? freshFor(budget, asked.caller)), budget }));
    if (this.#fromSlices(asked, ownsNow())) return { kind: 'held' };
    return this.#inTurn(() => this.#fromLedger(asked, ownsNow));
  }

  #budgetsOf(caller: Caller): readonly BudgetOf[] {
    return this.#budgetsFor(caller, this.#options.now());
  }

  #softOf(caller: Caller): readonly BudgetOf[] {
    return this.#budgetsOf(caller).filter(({ caps }) => Object.keys(caps.soft).length > 0);
  }

  /** One at a time asks the ledger, so that no two ask for the same room. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #fromSlices({ id, amount }: Asked, owns: readonly Own[]): boolean {
    const held = reserve(owns.map(purseOf), id, amount);
    if (held.kind === 'refused') return false;
    for (const [at, own] of owns.entries()) this.#slices.set(own.budget.key, { ...own, account: held.accounts[at] ?? own.account });
    this.#under.set(
      id,
      owns.map(({ budget }) => budget.key),
    );
    return true;
  }

  async #fromLedger(asked: Asked, ownsNow: () => readonly Own[]): Promise<Held> {
    const { id, amount } = asked;
    for (;;) {
      const owns = ownsNow();
      if (this.#fromSlices(asked, owns)) return { kind: 'held' };
      const asking = owns.filter((own) => reserve([purseOf(own)], id, amount).kind === 'refused');
      const answer = await askLedger(this.#options.database, this.#options.holder, { amount, asking });
      if (answer.kind === 'refused') return this.#refused(answer);
      // Calls that ended meanwhile are in the slices as they are now.
      for (const { key, granted, others, isNew } of answer.granted) {
        const own = this.#slices.get(key) ?? asking.find(({ budget }) => budget.key === key);
        if (own === undefined) continue;
        const account = isNew ? { ...own.account, closed: minus(own.account.closed, answer.spent.get(key) ?? nothing) } : own.account;
        this.#slices.set(key, { ...own, account, granted, others });
        this.#sums.tell(key, others);
      }
    }
  }

  #refused({ sentence, key }: { readonly sentence: string; readonly key: string }): Held {
    if (comesBack(key)) this.#full.add(key);
    return { kind: 'refused', sentence, againMs: roomIn(key, this.#options.now()) };
  }

  #grant(owns: readonly Own[]): void {
    for (const { budget, granted } of owns) {
      const own = this.#slices.get(budget.key);
      if (own !== undefined) this.#slices.set(budget.key, { ...own, granted });
    }
  }
}
