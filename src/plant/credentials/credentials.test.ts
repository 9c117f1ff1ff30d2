import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { credentialsContract } from '../../../kit/credentials/index.ts';
import { giveCluster } from '../../../test/cluster/give-cluster.ts';
import { openDatabase, removeDatabase, type Database } from '../postgres/index.ts';
import { openCredentials } from './index.ts';

let home: string;
let database: Database;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-credentials-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
});
afterAll(async () => {
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

credentialsContract('the credentials in PostgreSQL', async () => {
  await database.pool.query('delete from jidoka.credential');
  return openCredentials(database);
});

it('nothing in the database is a token', async () => {
  const { token } = await openCredentials(database).add({ name: 'secret-holder', kind: 'person', roles: [] });
  const { rows } = await database.pool.query<{ row: string }>('select c::text as row from jidoka.credential c');
  expect(rows.map(({ row }) => row).join()).not.toContain(token.slice(4, 20));
});

it('a token is told although the answer to its making was lost', async () => {
  const losing = {
    attempt: <T>(work: Parameters<typeof database.attempt<T>>[0]): Promise<T> => database.attempt(work).then(() => database.attempt(work)),
  };
  const { token } = await openCredentials(losing).add({ name: 'twice', kind: 'agent', roles: ['asker'] });
  expect(await openCredentials(database).who(token)).toEqual({ name: 'twice', kind: 'agent', roles: ['asker'] });
});
