import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { modelSettingsContract } from '../../../../kit/gateway/index.ts';
import { giveCluster } from '../../../../test/cluster/give-cluster.ts';
import { openDatabase, removeDatabase, type Database } from '../../postgres/index.ts';
import { ledgerSettings, tellNames } from './ledger-settings.ts';
import { standingSettings } from './standing-settings.ts';

let home: string;
let database: Database;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-settings-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
});
beforeEach(async () => {
  await database.pool.query('delete from jidoka.model_setting');
});
afterAll(async () => {
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

modelSettingsContract('model settings in PostgreSQL', async () => {
  let now = 0;
  return { settings: ledgerSettings({ database, now: () => now }), setNow: (ms) => void (now = ms) };
});

const swap = { kind: 'swap', slot: 'coder', to: 'cheap' } as const;

it('a gateway hears of what is set and lifted at once, and lets go by itself of what is over', async () => {
  let now = 0;
  const settings = ledgerSettings({ database, now: () => now });
  const standing = await standingSettings({ settings, database, now: () => now, lookEveryMs: null });
  expect(standing.now()).toEqual([]);
  await settings.set({ what: swap, until: null, by: 'ada' });
  while (standing.now().length === 0) await setImmediate();
  await settings.lift(swap, 'ada');
  while (standing.now().length === 1) await setImmediate();
  await settings.set({ what: swap, until: new Date(5_000).toISOString(), by: 'ada' });
  while (standing.now().length === 0) await setImmediate();
  now = 5_000;
  expect(standing.now()).toEqual([]);
  await standing.close();
});

it('what was set and lifted stays on record, with who and when', async () => {
  const settings = ledgerSettings({ database, now: () => 1_000 });
  await settings.set({ what: swap, until: null, by: 'ada' });
  await settings.set({ what: { ...swap, to: 'strong' }, until: null, by: 'bob' });
  await settings.lift(swap, 'cleo');
  const { rows } = await database.pool.query('select filling, by, ended_by from jidoka.model_setting order by seq');
  expect(rows).toEqual([
    { filling: 'cheap', by: 'ada', ended_by: 'bob' },
    { filling: 'strong', by: 'bob', ended_by: 'cleo' },
  ]);
});

it('the names that gateways know are those of gateways that live', async () => {
  const settings = ledgerSettings({ database, now: () => 0 });
  const names = {
    slots: ['coder'],
    fillings: ['cheap'],
    cuts: { provider: ['house'], vendor: ['self'], region: ['own'], model: ['cheap'] },
  };
  const executor = await database.enlist(() => undefined);
  const told = await tellNames(database, executor.id, names);
  await tellNames(database, 'gone', names);
  expect(await settings.known()).toEqual([names]);
  await told.forget();
  expect(await settings.known()).toEqual([]);
  await executor.leave();
});
