import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClientTransactions, ledgerContract, sampleEvent, sampleRun } from '../../../kit/ledger/index.ts';
import { openDatabase, removeDatabase, type Database } from '../postgres/index.ts';
import { openLedger } from './ledger.ts';

const ignore = (): void => {};
let home: string;
let database: Database;
let pool: ReturnType<Database['openPool']>;
let transactions: ClientTransactions;
const open = (): Promise<Database> => openDatabase({ home, log: ignore, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-ledger-'));
  database = await open();
  pool = database.openPool('jidoka-test', 6);
  transactions = new ClientTransactions(pool);
});
afterEach(() => transactions.close());
afterAll(async () => {
  await pool.end();
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

ledgerContract('the ledger in PostgreSQL', async (redact) => ({
  ledger: openLedger(database, redact),
  transaction: transactions.transaction,
  close: async () => {},
}));

describe('the event table', () => {
  it('refuses to change or lose what was appended', async () => {
    const run = sampleRun('fixed');
    await openLedger(database).append(run, [sampleEvent('a')]);
    for (const change of ["update jidoka.event set actor = 'other'", 'delete from jidoka.event', 'truncate jidoka.event']) {
      await expect(database.pool.query(change)).rejects.toThrow('append-only');
    }
    expect(await openLedger(database).read(run)).toHaveLength(1);
  });
});

describe('two writers that each believe to be alone', () => {
  it('keep one chain, whichever of them is behind', async () => {
    const run = sampleRun('pair');
    const [left, right] = [openLedger(database), openLedger(database)];
    for (let turn = 0; turn < 10; turn += 1) {
      await left.append(run, [sampleEvent(`left.${turn}`)]);
      await right.append(run, [sampleEvent(`right.${turn}`), sampleEvent(`left.${turn}`)]);
    }
    expect((await left.read(run)).map(({ runSeq }) => runSeq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });
});

describe('a server that dies between two appends', () => {
  it('is started again, and nothing is lost or stored twice', async () => {
    const run = sampleRun('outage');
    const ledger = openLedger(database);
    await ledger.append(run, [sampleEvent('before')]);
    const { rows } = await database.pool.query<{ pid: string }>(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid`);
    process.kill(Number(rows[0]?.pid), 'SIGKILL');
    await ledger.append(run, [sampleEvent('before'), sampleEvent('after')]);
    expect((await ledger.read(run)).map(({ key }) => key)).toEqual(['before', 'after']);
  });
});
