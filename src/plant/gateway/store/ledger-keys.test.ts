import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { virtualKeysContract } from '../../../../kit/gateway/index.ts';
import { ClientTransactions } from '../../../../kit/ledger/index.ts';
import { giveCluster } from '../../../../test/cluster/give-cluster.ts';
import { JidokaError } from '../../../core/base/error.ts';
import type { KeyGrant } from '../../../core/ports/gateway/virtual-keys.ts';
import { openDatabase, removeDatabase, type Database } from '../../postgres/index.ts';
import { ledgerKeys, type LedgerKeys, type LedgerKeysOptions } from './ledger-keys.ts';

let home: string;
let database: Database;
const open: LedgerKeys[] = [];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-keys-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
});
afterEach(async () => {
  for (const keys of open.splice(0)) await keys.close();
});
afterAll(async () => {
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

/** A process of its own, whose time stands still unless it is set, and which looks again only where it must. */
function processOf(options: Partial<LedgerKeysOptions> = {}): LedgerKeys {
  const keys = ledgerKeys({ database, now: () => 0, monotonicMs: () => 0, lookEveryMs: null, ...options });
  open.push(keys);
  return keys;
}

const grant: KeyGrant = {
  caller: { line: 'deps', fleet: null, run: 'run-1', stage: 'change', station: 'coder' },
  slots: null,
  caps: null,
  limits: {},
  expiresAt: null,
};

virtualKeysContract('virtual keys in PostgreSQL, made in one process and found in another', async () => {
  await database.pool.query('delete from jidoka.model_key');
  let [now, monotonic] = [0, 0];
  const found = processOf({ now: () => now, monotonicMs: () => monotonic });
  return { made: processOf(), found, second: () => void (monotonic += 1_000), setNow: (ms) => void (now = ms) };
});

it('a key that this process saw within a second opens without asking the database', async () => {
  let queries = 0;
  const counting = {
    listen: database.listen.bind(database),
    attempt: <T>(work: Parameters<typeof database.attempt<T>>[0]): Promise<T> => {
      queries += 1;
      return database.attempt(work);
    },
  };
  let monotonic = 0;
  const keys = processOf({ database: counting, monotonicMs: () => monotonic });
  const token = await keys.mint(grant);
  queries = 0;
  await keys.find(token);
  monotonic = 999;
  for (let at = 0; at < 50; at += 1) await keys.find(token);
  expect(queries).toBe(1);
  monotonic = 1_000;
  await keys.find(token);
  expect(queries).toBe(2);
});

it('a run that ends is heard of at once by a process that knows its key', async () => {
  const [factory, gateway] = [processOf(), processOf()];
  const token = await factory.mint(grant);
  expect((await gateway.find(token)).kind).toBe('known');
  await factory.endRun('run-1');
  // The time of the gateway stands still: only the notice of the database makes it look.
  while ((await gateway.find(token)).kind === 'known') await setImmediate();
});

it('keys end with the transaction that ends their run, and not before or without it', async () => {
  const transactions = new ClientTransactions(database.pool);
  let monotonic = 0;
  const [factory, gateway] = [processOf(), processOf({ monotonicMs: () => (monotonic += 1_000) })];
  const token = await factory.mint(grant);
  const undone = await transactions.begin();
  expect(await factory.endRun('run-1', undone.tx)).toBe(1);
  expect((await gateway.find(token)).kind).toBe('known');
  await undone.rollback();
  expect((await gateway.find(token)).kind).toBe('known');
  await transactions.transaction(async (tx) => void (await factory.endRun('run-1', tx)));
  expect((await gateway.find(token)).kind).toBe('unknown');
  await transactions.close();
});

it('a process that cannot reach the database trusts a key for a second, and then does not know', async () => {
  let isLost = false;
  const losing = {
    listen: database.listen.bind(database),
    attempt: <T>(work: Parameters<typeof database.attempt<T>>[0]): Promise<T> => {
      if (isLost) throw new JidokaError('database-unavailable', 'It is gone.', { mend: 'Bring it back.' });
      return database.attempt(work);
    },
  };
  let monotonic = 0;
  const keys = processOf({ database: losing, monotonicMs: () => monotonic });
  const token = await keys.mint(grant);
  await keys.find(token);
  isLost = true;
  monotonic = 999;
  expect((await keys.find(token)).kind).toBe('known');
  monotonic = 1_000;
  await expect(keys.find(token)).rejects.toMatchObject({ code: 'database-unavailable' });
  isLost = false;
  expect((await keys.find(token)).kind).toBe('known');
});

it('nothing in the database is a token', async () => {
  const token = await processOf().mint(grant);
  const { rows } = await database.pool.query<{ row: string }>('select k::text as row from jidoka.model_key k');
  expect(rows.map(({ row }) => row).join()).not.toContain(token.slice(3, 20));
});
