import type pg from 'pg';
import type { Database } from '../database.ts';

/** Both sides of a move, each with a connection of its own. */
export interface Ends {
  readonly from: Database;
  readonly to: Database;
  readonly source: pg.PoolClient;
  readonly target: pg.PoolClient;
}

/** Holds a connection to each side while `work` runs. Both are closed after it, and with them all that they held. */
export async function withEnds<T>(from: Database, to: Database, work: (ends: Ends) => Promise<T>): Promise<T> {
  return withClient(from, (source) => withClient(to, (target) => work({ from, to, source, target })));
}

async function withClient<T>(database: Database, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await database.attempt((pool) => pool.connect());
  try {
    return await work(client);
  } finally {
    client.release(true);
  }
}
