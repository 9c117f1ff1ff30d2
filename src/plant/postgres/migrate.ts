import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { unavailable } from './faults.ts';
import { migrationNames } from './migrations/names.ts';

const pollMs = 50;
const patienceMs = 120_000;

/**
 * Brings our schema up to date; three quick reads where it is. Throws `database-unavailable` where a newer jidoka
 * has already gone further.
 */
export async function migrate(pool: pg.Pool): Promise<void> {
  const done = await appliedMigrations(pool);
  const unknown = done.filter((name) => !migrationNames.some((known) => known === name));
  if (unknown.length > 0) {
    throw unavailable(
      `The database was made by a newer jidoka: this one does not know ${unknown.join(', ')}.`,
      undefined,
      'Install the newest jidoka.',
    );
  }
  if (done.length < migrationNames.length) await aloneOn(pool, runMigrations);
}

/** Does `work` unless the database says that it has been done, one process at a time. */
export async function migrateOnce(pool: pg.Pool, name: string, work: () => Promise<void>): Promise<void> {
  if (await isDone(pool, name)) return;
  await aloneOn(pool, async () => {
    if (await isDone(pool, name)) return;
    await work();
    await pool.query('insert into jidoka.done_once (name) values ($1) on conflict do nothing', [name]);
  });
}

async function appliedMigrations(pool: pg.Pool): Promise<readonly string[]> {
  const table = await pool.query<{ there: boolean }>(`select to_regclass('jidoka.migration') is not null as there`);
  if (table.rows[0]?.there !== true) return [];
  const { rows } = await pool.query<{ name: string }>('select name from jidoka.migration order by name');
  return rows.map(({ name }) => name);
}

async function isDone(pool: pg.Pool, name: string): Promise<boolean> {
  return (await pool.query('select from jidoka.done_once where name = $1', [name])).rowCount === 1;
}

/**
 * Holds the migration lock while `work` runs. It is tried for, never waited for inside the server: migrations build
 * indexes concurrently, which waits for every open transaction, that of a session waiting for a lock as well.
 */
async function aloneOn(pool: pg.Pool, work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    const deadline = Date.now() + patienceMs;
    while (!(await tryLock(client))) {
      if (Date.now() > deadline) {
        throw unavailable(
          `Another process has held the migration lock for ${patienceMs / 1000} s.`,
          undefined,
          'Wait for it, or end it, and run the same command again.',
        );
      }
      await pause(pollMs);
    }
    await work(pool);
  } finally {
    await client.query('select pg_advisory_unlock_all()').catch(() => {});
    client.release();
  }
}

async function tryLock(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(`select pg_try_advisory_lock(hashtextextended('jidoka migration', 0)) as got`);
  return rows[0]?.got === true;
}

/** What migrations need. Loaded only where there are some to do: it takes longer than an up-to-date database takes to open. */
export function loadMigrations() {
  return Promise.all([import('kysely'), import('./migrations/index.ts')]);
}

async function runMigrations(pool: pg.Pool): Promise<void> {
  const [{ Kysely, Migrator, PostgresDialect }, { migrations }] = await loadMigrations();
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: { connect: () => pool.connect(), end: async () => {} } }) });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: 'jidoka',
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
