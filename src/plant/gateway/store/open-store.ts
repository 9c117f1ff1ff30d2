import type { Clock } from '../../../core/ports/clock.ts';
import type { KeyGrant, VirtualKeys } from '../../../core/ports/gateway/virtual-keys.ts';
import { ledgerKeys } from './ledger-keys.ts';
import type { StoreDatabase } from './store-database.ts';

export interface GatewayStoreOptions {
  readonly database: StoreDatabase;
  readonly clock: Clock;
  /** Keys that this process knows and nobody else, such as its owner's. */
  readonly given?: readonly { readonly token: string; readonly grant: KeyGrant }[];
}

/** What the factory and its model gateways have in common, in the database of the factory. */
export interface GatewayStore {
  readonly keys: VirtualKeys;
  close(): Promise<void>;
}

/**
 * Opens what the factory and its model gateways have in common.
 *
 * @example
 * const { keys } = openGatewayStore({ database, clock });
 * const token = await keys.mint({ caller, slots: ['coder'], caps: null, limits: {}, expiresAt: null });
 */
export function openGatewayStore({ database, clock, given = [] }: GatewayStoreOptions): GatewayStore {
  const keys = ledgerKeys({ database, given, now: () => Date.parse(clock.now()), monotonicMs: () => clock.monotonicMs() });
  return { keys, close: () => keys.close() };
}
