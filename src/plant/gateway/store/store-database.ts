import type { Pool, PoolClient } from 'pg';
import type { Tx } from '../../../core/ports/tx.ts';

/** What the store of the model gateway needs of a database that has our schema. */
export interface StoreDatabase {
  /** For a connection of the recording thread. May hold a password: never printed. */
  readonly url: string;
  /** Does work that may be done twice, again after a lost connection; turns outages into faults. */
  attempt<T>(work: (pool: Pool) => Promise<T>): Promise<T>;
  /** Hears notices of a channel until closed; with '' also where some may have been missed. */
  listen(channel: string, onNotice: (payload: string) => void): Promise<{ close(): Promise<void> }>;
  /** Makes this process known to others until it leaves or dies. */
  enlist(onOutage: (fault: unknown) => void): Promise<{ readonly id: string; leave(): Promise<void> }>;
  /** True while the process of that id lives. */
  isLive(id: string): Promise<boolean>;
}

/** A Tx of the machines on PostgreSQL is a client with a transaction open. */
export function clientOf(tx: Tx): PoolClient {
  return tx as unknown as PoolClient;
}
