import type { PoolClient } from 'pg';
import type { Tx } from '../../core/ports/tx.ts';

/** The connection behind a transaction of the ports: in the machines on PostgreSQL a Tx is a client with one open. */
export function clientOf(tx: Tx): PoolClient {
  return tx as unknown as PoolClient;
}

/** Gives a client that has begun a transaction to those who speak of a Tx. */
export function txOf(client: PoolClient): Tx {
  return client as unknown as Tx;
}
