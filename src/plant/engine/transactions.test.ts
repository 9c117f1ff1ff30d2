import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { giveCluster } from '../../../test/cluster/give-cluster.ts';
import type { Tx } from '../../core/ports/tx.ts';
import { openDatabase, removeDatabase, type Database } from '../postgres/index.ts';
import { clientOf } from './client.ts';
import type { EngineDatabase } from './engine-database.ts';
import { fenced } from './faults.ts';
import { transact } from './transactions.ts';

let home: string;
let database: Database;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-tx-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  await database.pool.query('create table mark (name text primary key, turns integer not null default 0)');
});
beforeEach(() => database.pool.query(`delete from mark`));
afterAll(async () => {
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

it('gives the first result where a commit held and its answer was lost', async () => {
  let turns = 0;
  const ended: boolean[] = [];
  const result = await transact(
    losing('after'),
    async (tx) => {
      turns += 1;
      await markOnce(tx, 'once');
      return `turn ${turns}`;
    },
    (_tx, isCommitted) => ended.push(isCommitted),
  );
  expect([result, turns, await marks()]).toEqual(['turn 1', 2, ['once 0']]);
  expect(ended).toEqual([false, true]); // the repetition, and then the first
});

it('does all again where a commit was lost before it reached the server', async () => {
  let turns = 0;
  const work = async (tx: Tx): Promise<number> => {
    await markOnce(tx, 'once');
    return (turns += 1);
  };
  expect(await transact(losing('before'), work, () => {})).toBe(2);
  expect(await marks()).toEqual(['once 0']);
});

it('is fenced where the lost commit did not hold and the mark is another’s', async () => {
  let turns = 0;
  const work = async (tx: Tx): Promise<void> => {
    turns += 1;
    if (turns === 2) await database.pool.query(`insert into mark values ('once')`);
    await markOnce(tx, 'once');
  };
  await expect(transact(losing('before'), work, () => {})).rejects.toMatchObject({ code: 'fenced' });
});

it('lets both of two transactions happen that wait for each other', async () => {
  await database.pool.query(`insert into mark values ('a'), ('b')`);
  let met = 0;
  let bothMet: () => void = () => {};
  const meeting = new Promise<void>((resolve) => (bothMet = resolve));
  const both = (names: readonly [string, string]) =>
    transact(
      database,
      async (tx) => {
        await count(tx, names[0]);
        met += 1;
        if (met === 2) bothMet();
        await meeting;
        await count(tx, names[1]);
      },
      () => {},
    );
  await Promise.all([both(['a', 'b']), both(['b', 'a'])]);
  expect(await marks()).toEqual(['a 2', 'b 2']);
});

it('says so where a failed statement was passed over, instead of keeping half', async () => {
  const work = async (tx: Tx): Promise<void> => {
    await markOnce(tx, 'half');
    await clientOf(tx)
      .query('select 1 / 0')
      .catch(() => {});
  };
  await expect(transact(database, work, () => {})).rejects.toMatchObject({ code: 'invariant' });
  expect(await marks()).toEqual([]);
});

/** A database whose first commit is lost, before or after the server had it. */
function losing(where: 'before' | 'after'): EngineDatabase {
  let isLost = false;
  const losingPool = (pool: Pool): Pick<Pool, 'connect' | 'query'> => ({
    query: pool.query.bind(pool),
    connect: async () => {
      const client = await pool.connect();
      const query = async (...args: Parameters<typeof client.query>) => {
        if (args[0] !== 'commit' || isLost) return client.query(...args);
        isLost = true;
        await client.query(where === 'after' ? 'commit' : 'rollback');
        throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
      };
      return new Proxy(client, { get: (target, name) => (name === 'query' ? query : bound(target, name)) });
    },
  });
  // Only connect and query are asked of it.
  return { ...methodsOf(database), attempt: (work) => database.attempt((pool) => work(losingPool(pool) as Pool)) };
}

function methodsOf(of: Database): EngineDatabase {
  return {
    openPool: (name, max) => of.openPool(name, max),
    attempt: (work) => of.attempt(work),
    listen: (channel, onNotice) => of.listen(channel, onNotice),
    enlist: (onOutage) => of.enlist(onOutage),
    isLive: (executor) => of.isLive(executor),
  };
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  return typeof value === 'function' ? value.bind(target) : value;
}

/** Stands for a step that is taken away: whoever comes second is fenced. */
async function markOnce(tx: Tx, name: string): Promise<void> {
  const { rowCount } = await clientOf(tx).query('insert into mark values ($1) on conflict do nothing', [name]);
  if (rowCount === 0) throw fenced({ work: 'w', kind: 'run', id: name, token: '', reclaims: 0, lost: [], input: null, dueAt: '' });
}

async function count(tx: Tx, name: string): Promise<void> {
  await clientOf(tx).query('update mark set turns = turns + 1 where name = $1', [name]);
}

async function marks(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ name: string; turns: number }>('select name, turns from mark order by name');
  return rows.map(({ name, turns }) => `${name} ${turns}`);
}
