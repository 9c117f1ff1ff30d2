import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { processLife, thisMachine } from './process-life.ts';

const lockOf = `hashtextextended($1, 77)`;

/** Takes the session lock of an executor and then writes its row, so that nobody finds the row without the lock. */
export async function enlistExecutor(client: pg.Client): Promise<string> {
  const id = randomUUID();
  await lockExecutor(client, id);
  await recordExecutor(client, id);
  return id;
}

/** Writes the row of an executor whose lock is held, also anew where somebody took it for dead. */
export async function recordExecutor(client: pg.Client, id: string): Promise<void> {
  await client.query('insert into jidoka.executor (id, machine, pid, life) values ($1, $2, $3, $4) on conflict (id) do nothing', [
    id,
    await thisMachine(),
    process.pid,
    (await processLife(process.pid)) ?? '',
  ]);
}

/** Takes an executor's lock, also anew after its connection was lost. Somebody may look at it just now: then it waits. */
export async function lockExecutor(client: pg.Client, id: string): Promise<void> {
  await client.query(`select pg_advisory_lock(${lockOf})`, [id]);
}

/** Gives up what the executors of a process hold; to the others they have ended. */
export async function dismissExecutors(client: pg.Client, ids: readonly string[]): Promise<void> {
  await client.query('delete from jidoka.executor where id = any($1)', [ids]);
  await client.query(`select pg_advisory_unlock(hashtextextended(id, 77)) from unnest($1::text[]) id`, [ids]);
}

/**
 * True while the executor's process lives: it holds its lock, or it is a process of this machine that has lost its
 * connection for a moment.
 */
export async function isExecutorLive(pool: pg.Pool, id: string): Promise<boolean> {
  const { rows } = await pool.query<{ free: boolean; machine: string | null; pid: number | null; life: string | null }>(
    `select case when pg_try_advisory_lock(${lockOf}) then pg_advisory_unlock(${lockOf}) else false end as free,
            machine, pid, life
       from (select $1::text as id) wanted left join jidoka.executor using (id)`,
    [id],
  );
  const { free = false, machine, pid, life } = rows[0] ?? {};
  if (!free) return true;
  if (pid == null) return false;
  return machine === (await thisMachine()) && (await processLife(pid)) === life;
}
