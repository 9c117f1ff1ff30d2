import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient, QueryResult } from 'pg';
import type { Tx } from '../../core/ports/tx.ts';
import { txOf } from './client.ts';
import type { EngineDatabase } from './engine-database.ts';
import { broken, isConflict, isFenced, sqlStateOf } from './faults.ts';

/** How often a transaction may meet others before that is a fault. */
const conflictsAllowed = 20;

/** What becomes known of a transaction when it ends; of one whose answer was lost only once it is known. */
export type OnEnd = (tx: Tx, isCommitted: boolean) => void;

/** A transaction whose commit was sent and whose answer was lost. */
interface Doubt<T> {
  readonly tx: Tx;
  readonly xid: string;
  readonly result: T;
}

/**
 * Does `work` in a transaction, again from the start after a conflict or a lost connection. Where the answer to a commit
 * was lost, the repetition tells: what was committed meets its own marks and is `fenced`, and then the first result holds.
 * A process that stands still inside one is cut off after ten seconds, so that it blocks nobody.
 */
export async function transact<T>(database: EngineDatabase, work: (tx: Tx) => Promise<T>, onEnd: OnEnd): Promise<T> {
  let doubt: Doubt<T> | null = null;
  for (let turn = 1; ; turn += 1) {
    try {
      return await database.attempt(async (pool) => {
        const earlier: Doubt<T> | null = doubt;
        try {
          return await once(pool, { work, onEnd, inDoubt: (now) => (doubt = now ?? earlier) });
        } catch (error) {
          if (earlier === null || !isFenced(error) || !(await isCommitted(pool, earlier.xid))) throw error;
          onEnd(earlier.tx, true);
          return earlier.result;
        }
      });
    } catch (error) {
      if (!isConflict(error) || turn === conflictsAllowed) throw error;
      await pause(Math.random() * 10 * turn);
    }
  }
}

interface Once<T> {
  readonly work: (tx: Tx) => Promise<T>;
  readonly onEnd: OnEnd;
  /** Called before the commit is sent, and with null when its answer is there. */
  readonly inDoubt: (doubt: Doubt<T> | null) => void;
}

async function once<T>(pool: Pool, { work, onEnd, inDoubt }: Once<T>): Promise<T> {
  const client = await pool.connect();
  const tx = txOf(client);
  let ended: 'committed' | 'rolled back' | 'unknown' = 'unknown';
  let isSent = false;
  try {
    const xid = await begin(client);
    const result = await work(tx);
    inDoubt({ tx, xid, result });
    isSent = true;
    const { command } = await client.query('commit').catch((error: unknown) => {
      // What the server itself objects to did not hold; without an answer nobody knows.
      if (/^(?!57P)[0-9A-Z]{5}$/.test(sqlStateOf(error)) && !/^E[A-Z]{4}$/.test(sqlStateOf(error))) {
        ended = 'rolled back';
        inDoubt(null);
      }
      throw error;
    });
    inDoubt(null);
    ended = command === 'COMMIT' ? 'committed' : 'rolled back';
    if (ended === 'committed') return result;
    throw broken('A transaction went on after one of its statements had failed; nothing of it was kept.');
  } catch (error) {
    if (ended === 'unknown' && !isSent) await client.query('rollback').then(() => (ended = 'rolled back'), ignore);
    throw error;
  } finally {
    if (ended !== 'unknown' || !isSent) onEnd(tx, ended === 'committed');
    client.release(ended === 'unknown');
  }
}

/** Begins, and learns the transaction's number in the same round trip. */
async function begin(client: PoolClient): Promise<string> {
  const answers: unknown = await client.query(
    `begin isolation level read committed; set local idle_in_transaction_session_timeout = '10s'; select pg_current_xact_id()::text as xid`,
  );
  const last = (answers as readonly QueryResult<{ xid: string }>[]).at(-1); // several statements give several answers
  return last?.rows[0]?.xid ?? '';
}

async function isCommitted(pool: Pool, xid: string): Promise<boolean> {
  const { rows } = await pool
    .query<{ status: string | null }>('select pg_xact_status($1::xid8) as status', [xid])
    .catch((error: unknown) => {
      if (sqlStateOf(error) === '22023') return { rows: [] }; // of the future: a crash forgot it
      throw error;
    });
  return rows[0]?.status === 'committed';
}

function ignore(): void {}
