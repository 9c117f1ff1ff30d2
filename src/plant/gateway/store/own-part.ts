import { type Account, emptyAccount, used } from '../../../core/gateway/budget/account.ts';
import { type Amount, minus, nothing, plus, units } from '../../../core/gateway/budget/amount.ts';
import type { BudgetOf, Caller } from '../../../core/gateway/budget/budget-rule.ts';
import type { Purse } from '../../../core/gateway/budget/reserve.ts';
import { mostOfOne } from '../../../core/gateway/budget/window.ts';
import { capsOf, spentOf } from '../../../core/gateway/budget/slice.ts';

/** A budget as this process has it. */
export interface Own {
  readonly budget: BudgetOf;
  readonly run: string | null;
  /** Its calls. */
  readonly account: Account;
  /** Its slice. */
  readonly granted: Amount;
  /** What others had when the ledger was asked last. */
  readonly others: Amount;
}

/** `caller` is null for what counts for nobody's run. */
export function freshFor(budget: BudgetOf, caller: Caller | null): Own {
  const endsWithRun = /^(?:run|station|key):/.test(budget.key);
  return { budget, run: endsWithRun ? (caller?.run ?? null) : null, account: emptyAccount, granted: nothing, others: nothing };
}

/** The slice as a budget of its own, limited in what the budget limits. */
export function purseOf(own: Own): Purse {
  const { of, caps } = own.budget;
  const granted = capsOf(own.granted).hard;
  const hard = Object.fromEntries(units.flatMap((unit) => (caps.hard[unit] === undefined ? [] : [[unit, granted[unit]]])));
  return { of, account: own.account, caps: { soft: {}, hard }, most: mostOfOne(own.budget.key, caps) };
}

/** The whole budget, as far as this process knows it. */
export function wholeOf({ budget, account, others }: Own): Purse {
  return { of: budget.of, caps: budget.caps, account: { ...account, closed: plus(account.closed, others) } };
}

export function isIdle({ account }: Own): boolean {
  return account.open.size === 0;
}

/** Whether there is something to give back: calls under way keep what they may come to. */
export function isLoose(own: Own): boolean {
  const rest = minus(own.granted, used(own.account));
  return isIdle(own) || units.some((unit) => own.budget.caps.hard[unit] !== undefined && rest[unit] > 0);
}

/** Whether the ledger keeps nothing for it any more. */
export function isGivenBack({ account, granted }: Own): boolean {
  return account.open.size === 0 && units.every((unit) => granted[unit] === 0);
}

/** What is left here after the ledger closed what was spent until then; calls that ended since are not in that. */
export function afterReturn(now: Account, then: Account): Pick<Own, 'account' | 'granted'> {
  return { account: { ...now, closed: minus(now.closed, spentOf(then)) }, granted: underWayIn(then) };
}

export function underWayIn(account: Account): Amount {
  return minus(used(account), spentOf(account));
}
