import { z } from 'zod';
import type { KeyGrant } from '../../ports/gateway/virtual-keys.ts';
import { BudgetRule, capsOfRule } from '../budget/budget-rule.ts';
import { ProviderLimits, SlotName } from './provider.ts';
import { own } from './resolve-slot.ts';

/** What the key of a station may do, beside the budgets that its calls count against. It is made for one stage of one run. */
export const KeyRule = z.strictObject({
  /** Names that it may ask for beside the one that its role leads to; all of the configuration where nothing is said. */
  slots: z.array(SlotName).optional(),
  /** Requests and tokens per minute, and requests at once. */
  limits: ProviderLimits.optional(),
  ...BudgetRule.pick({ usd: true, tokens: true, calls: true }).shape,
});
export type KeyRule = z.infer<typeof KeyRule>;

/**
 * What the key of a station is made with: by the rule of its name, else by that of `default`; `asks` is what its role leads to, which it
 * may always ask for.
 *
 * @example
 * keyScope({ coder: { slots: ['small'] } }, 'coder', 'main').slots; // ['main', 'small']
 */
export function keyScope(
  keys: Readonly<Record<string, KeyRule>>,
  station: string,
  asks: string | null,
): Pick<KeyGrant, 'slots' | 'caps' | 'limits'> {
  const { slots, limits = {}, ...most } = own(keys, station) ?? own(keys, 'default') ?? {};
  return {
    slots: slots === undefined ? null : [...new Set([...(asks === null ? [] : [asks]), ...slots])],
    caps: Object.keys(most).length === 0 ? null : capsOfRule(most),
    limits,
  };
}
