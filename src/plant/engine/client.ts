import type { PoolClient } from 'pg';
import type { Tx } from '../../core/ports/tx.ts';

/** The connection behind a transaction: that is what a Tx of the machines on PostgreSQL is. */
export function clientOf(tx: Tx): PoolClient {
  return tx as unknown as PoolClient;
}

/** A connection with a transaction open, to those who speak of a Tx. */
export function txOf(client: PoolClient): Tx {
  return client as unknown as Tx;
}
