import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase, removeDatabase } from '../../src/plant/postgres/index.ts';
import { giveCluster } from './give-cluster.ts';

it('a home is given a database as a first start makes it, which is its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-given-'));
  const [first, given, other] = ['first', 'given', 'other'].map((name) => join(folder, name));
  const open = (home = '') => openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  for (const home of [given, other]) await giveCluster(home ?? '');
  const databases = await Promise.all([first, given, other].map(open));
  const schemas = await Promise.all(
    databases.map(async ({ pool }) => {
      const { rows } = await pool.query(
        `select table_name, column_name, data_type, column_default from information_schema.columns where table_schema = 'jidoka' order by 1, 2`,
      );
      const { rows: names } = await pool.query('select name from jidoka.migration order by name');
      return { rows, names };
    }),
  );
  expect(schemas[0]?.rows.length).toBeGreaterThan(20);
  expect(schemas[1]).toEqual(schemas[0]);
  await databases[1]?.pool.query('create table jidoka.own ()');
  const { rows } = (await databases[2]?.pool.query(`select to_regclass('jidoka.own') as own`)) ?? { rows: [] };
  expect(rows).toEqual([{ own: null }]);
  for (const database of databases) await database.close();
  for (const home of [first, given, other]) await removeDatabase(home ?? '');
  await rm(folder, { recursive: true });
});
