import type { BudgetRule } from '../../../core/gateway/budget/budget-rule.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { ModelBudgets } from '../../../core/ports/gateway/model-budgets.ts';
import type { KeyGrant, VirtualKeys } from '../../../core/ports/gateway/virtual-keys.ts';
import { ledgerBudgets } from './ledger-budgets.ts';
import { ledgerKeys } from './ledger-keys.ts';
import type { StoreDatabase } from './store-database.ts';
import { tidyStore, type Tidied } from './tidy.ts';

export interface GatewayStoreOptions {
  readonly database: StoreDatabase;
  readonly clock: Clock;
  /** Keys that this process knows and nobody else, such as its owner's. */
  readonly given?: readonly { readonly token: string; readonly grant: KeyGrant }[];
  readonly log: (line: string) => void;
}

/** What the factory and its model gateways have in common, in the database of the factory. */
export interface GatewayStore {
  readonly keys: VirtualKeys;
  /** Budgets by these rules, which this process spends in slices until the store is closed. */
  budgets(rules: readonly BudgetRule[]): Promise<ModelBudgets>;
  /** Tidies up behind processes that died and runs that are decided. */
  tidy(): Promise<Tidied>;
  /** Gives back what is left of slices. */
  close(): Promise<void>;
}

/** A slice that nobody uses is closed to the others for so long. */
const giveBackMs = 10_000;

/**
 * Opens what the factory and its model gateways have in common.
 *
 * @example
 * const store = openGatewayStore({ database, clock, log });
 * const token = await store.keys.mint({ caller, slots: ['coder'], caps: null, limits: {}, expiresAt: null });
 */
export function openGatewayStore({ database, clock, given = [], log }: GatewayStoreOptions): GatewayStore {
  const now = (): number => Date.parse(clock.now());
  const keys = ledgerKeys({ database, given, now, monotonicMs: () => clock.monotonicMs() });
  const closing: (() => Promise<void>)[] = [() => keys.close()];
  return {
    keys,
    async budgets(rules) {
      // What keeps the database from answering is told by the calls that need it.
      const executor = await database.enlist(() => undefined);
      const budgets = ledgerBudgets({ database, rules, holder: executor.id, now });
      const giveBack = (): Promise<void> =>
        budgets.giveBack().catch((error: unknown) => log(`slices of budgets were not given back: ${String(error)}`));
      const timer = setInterval(() => void giveBack(), giveBackMs).unref();
      closing.push(async () => {
        clearInterval(timer);
        await giveBack();
        await executor.leave();
      });
      return budgets;
    },
    tidy: () => tidyStore(database, { isLive: (holder) => database.isLive(holder), now: now() }),
    async close() {
      for (const close of closing.splice(0)) await close();
    },
  };
}
