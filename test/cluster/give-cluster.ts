import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { clusterPlace, openDatabase, removeDatabase, withFileLock } from '../../src/plant/postgres/index.ts';

/**
 * Gives a new home the database that a first start would make: a copy of one that a first start made, once for all suites. What
 * initdb and migrations do for seconds is tried where a database is opened, and by every home that is not given one.
 *
 * @example
 * await giveCluster(home);
 * const database = await openDatabase({ home, log, env: process.env });
 */
export async function giveCluster(home: string): Promise<void> {
  const folder = inject('clusters');
  const made = join(folder, 'data');
  await withFileLock(join(folder, 'lock'), async () => {
    if (!existsSync(made)) await make(folder, made);
  });
  const { data } = await clusterPlace(home);
  await copy(made, data);
}

async function make(folder: string, made: string): Promise<void> {
  const home = join(folder, 'home');
  const database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  await database.close();
  await copy(database.where, `${made}.new`);
  await rename(`${made}.new`, made);
  await removeDatabase(home);
}

/** With its owner: as root a server runs as another user. */
async function copy(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', from, to]);
}
