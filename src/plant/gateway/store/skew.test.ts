import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { giveCluster } from '../../../../test/cluster/give-cluster.ts';
import { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';
import { systemClock } from '../../clock/index.ts';
import { openDatabase, removeDatabase, type Database } from '../../postgres/index.ts';
import { readAccounts } from './accounts.ts';
import { openGatewayStore, type GatewayStore } from './index.ts';

let home: string;
let database: Database;
let stores: readonly GatewayStore[];
const hour = 60 * 60_000;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-skew-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  // One machine is an hour ahead, one an hour behind, and one says that it is another year.
  stores = [hour, -hour, 500 * 24 * hour].map((skew) => {
    const clock = { ...systemClock(), now: () => new Date(Date.now() + skew).toISOString() };
    return openGatewayStore({ database, clock, log: () => {} });
  });
});
afterAll(async () => {
  for (const store of stores) await store.close();
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

const caller = { line: 'deps', fleet: null, run: 'run-1', stage: 'change', station: 'coder' };
const config = GatewayConfig.parse({
  providers: {},
  models: {},
  slots: {},
  budgets: [
    { of: 'organisation', per: 'month', calls: 9 },
    { of: 'line', per: 'day', calls: 9 },
  ],
});

it('machines whose clocks differ agree on what time it is, within a second', async () => {
  const times = await Promise.all(stores.map((store) => store.now()));
  for (const time of times) expect(Math.abs(time - Date.now())).toBeLessThan(1_000);
});

it('a key that one of them makes for a minute is good at each of them, and one whose time is over at none', async () => {
  const grantUntil = (expiresAt: number) => ({ caller, slots: null, caps: null, limits: {}, expiresAt });
  for (const store of stores) await store.join(config).then(({ recorder }) => recorder.close());
  for (const maker of stores) {
    const [good, over] = [
      await maker.keys.mint(grantUntil((await maker.now()) + 60_000)),
      await maker.keys.mint(grantUntil((await maker.now()) - 2_000)),
    ];
    for (const store of stores)
      expect([(await store.keys.find(good)).kind, (await store.keys.find(over)).kind]).toEqual(['known', 'expired']);
  }
});

it('budgets of all of them are of one day and one month', async () => {
  for (const [at, store] of stores.entries()) {
    const { budgets, recorder } = await store.join(config);
    const amount = { microUsd: 0, tokens: 0, calls: 1 };
    expect(await budgets.reserve({ id: `call-${at}`, caller, own: [], amount })).toEqual({ kind: 'held' });
    await recorder.close();
  }
  const today = new Date().toISOString();
  const keys = [...(await readAccounts(database, null)).keys()].toSorted();
  // A new day may begin while this runs: then both have an account, and no other.
  expect(keys.filter((key) => !key.endsWith(today.slice(0, 10)) && !key.endsWith(today.slice(0, 7))).length).toBeLessThanOrEqual(1);
  expect(keys.length).toBeLessThanOrEqual(3);
});

it('what one of them cuts off for a minute is cut off for all, and given back for all', async () => {
  for (const operator of stores) {
    const what = { kind: 'cut', cut: { kind: 'provider', name: 'cloud' } } as const;
    await operator.settings.set({ what, until: new Date((await operator.now()) + 60_000).toISOString(), by: 'ada' });
    for (const store of stores) expect(await store.settings.list()).toMatchObject([{ what }]);
    expect(await operator.settings.prolong(what, new Date((await operator.now()) - 2_000).toISOString())).toBe(true);
    for (const store of stores) expect(await store.settings.list()).toEqual([]);
  }
});
