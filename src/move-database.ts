import { join } from 'node:path';
import type { FactoryConfig } from './factory.ts';
import { moveData, openDatabase, type Database, type MovedTable } from './plant/postgres/index.ts';

/** What was moved, for people and for a last look. */
export interface MoveReport {
  /** Where the factory was and is, without secrets. */
  readonly from: string;
  readonly to: string;
  readonly tables: readonly MovedTable[];
  readonly ms: number;
}

/**
 * Moves the factory from the database that the configuration names to another: `to` is the URL of a PostgreSQL server,
 * null the one of its own in the home. All of it or nothing; afterwards the other is to be named wherever this one was.
 * Throws `move-refused` with why, and what opening either of them throws.
 *
 * @example
 * const { tables } = await moveDatabase(config, 'postgres://jidoka:secret@db.example:5432/jidoka');
 */
export async function moveDatabase(
  config: Pick<FactoryConfig, 'home' | 'databaseUrl' | 'postgresBin' | 'env' | 'log'>,
  to: string | null,
): Promise<MoveReport> {
  const begunMs = performance.now();
  const { home, postgresBin, env, log } = config;
  const open = (url: string | null): Promise<Database> => openDatabase({ home, url, binDir: postgresBin, env, log });
  return closing(await open(config.databaseUrl), async (source) =>
    closing(await open(to), async (target) => {
      // Workers on other machines cannot reach the folder; a database of our own is used on this one alone.
      const blobs = source.kind === 'embedded' && target.kind === 'server' ? join(home, 'blobs') : null;
      const tables = await moveData(source, target, { log, blobs });
      return { from: source.where, to: target.where, tables, ms: Math.round(performance.now() - begunMs) };
    }),
  );
}

async function closing<T>(database: Database, work: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
