import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, removeDatabase, type Database } from '../../src/plant/postgres/index.ts';

/** Two servers of this machine: one of the npm package, and where JIDOKA_PG_BIN names another version, one of that. */
export interface TwoServers {
  /** A folder that is removed with them. */
  readonly folder: string;
  /** Home of the first, whose own database is empty. */
  readonly home: string;
  /** A new, empty database on one of them. */
  fresh(server: 0 | 1, options?: string): Promise<Database>;
  /** Another process's view of the database in the home. */
  openHome(): Promise<Database>;
  close(): Promise<void>;
}

export async function twoServers(): Promise<TwoServers> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-move-'));
  const homes = [join(folder, 'a'), join(folder, 'b')] as const;
  const binaries = [null, process.env['JIDOKA_PG_BIN'] ?? null] as const;
  const log = (): void => {};
  const open = (server: 0 | 1, url: string | null): Promise<Database> =>
    openDatabase({ home: homes[server], url, binDir: binaries[server], log, env: process.env });
  const bases = [await open(0, null), await open(1, null)] as const;
  const opened: Database[] = [];
  const openUrl = async (url: string): Promise<Database> => {
    const database = await open(0, url);
    opened.push(database);
    return database;
  };
  return {
    folder,
    home: homes[0],
    async fresh(server, options = '') {
      const name = `fresh_${crypto.randomUUID().slice(0, 8)}`;
      await bases[server].pool.query(`create database ${name} ${options}`);
      return openUrl(bases[server].url.replace('/jidoka?', `/${name}?`));
    },
    openHome: () => open(0, null),
    async close() {
      for (const database of [...opened, ...bases]) await database.close();
      for (const home of homes) await removeDatabase(home);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
