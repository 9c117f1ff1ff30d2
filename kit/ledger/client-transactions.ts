import type { Tx } from '../../src/core/ports/tx.ts';

/** What is needed of a pool of connections to a database. */
export interface ClientPool {
  connect(): Promise<{ query(text: string): Promise<unknown>; release(): void }>;
}

/** A transaction that is ended by hand. */
export interface OpenTransaction {
  readonly tx: Tx;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Transactions on connections of a pool, as the engine opens them for the machines on PostgreSQL. */
export class ClientTransactions {
  readonly #pool: ClientPool;
  readonly #open = new Set<OpenTransaction>();

  constructor(pool: ClientPool) {
    this.#pool = pool;
  }

  /** Begins one that has its number already, as those of the engine do, which write before they append. */
  async begin(): Promise<OpenTransaction> {
    const client = await this.#pool.connect();
    await client.query('begin');
    await client.query('select pg_current_xact_id()');
    const end = async (how: 'commit' | 'rollback'): Promise<void> => {
      if (!this.#open.delete(open)) return;
      await client.query(how);
      client.release();
    };
    const tx = client as unknown as Tx; // what a Tx is in the machines on PostgreSQL
    const open: OpenTransaction = { tx, commit: () => end('commit'), rollback: () => end('rollback') };
    this.#open.add(open);
    return open;
  }

  readonly transaction = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const open = await this.begin();
    try {
      const result = await work(open.tx);
      await open.commit();
      return result;
    } finally {
      await open.rollback();
    }
  };

  /** Undoes what a test left open. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((open) => open.rollback()));
  }
}
