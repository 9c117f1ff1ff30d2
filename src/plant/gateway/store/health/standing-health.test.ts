import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { giveCluster } from '../../../../../test/cluster/give-cluster.ts';
import type { Mark } from '../../../../core/gateway/failover/next-try.ts';
import { openDatabase, removeDatabase, type Database } from '../../../postgres/index.ts';
import { type HealthBoard, healthBoard } from '../../upstream/health-board.ts';
import type { StoreDatabase } from '../store-database.ts';
import { type DatabaseTime, databaseTime } from '../time/database-time.ts';
import { standingHealth, type StandingHealth } from './standing-health.ts';
import { standingRests } from './standing-rests.ts';

let home: string;
let database: Database;
let time: DatabaseTime;
const open: StandingHealth[] = [];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-health-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  // The clock of this machine is said to be an hour off: it is that of the database that counts.
  time = databaseTime({ database, monotonicMs: () => performance.now(), now: () => Date.now() + 3_600_000 });
  await time.learn();
});
afterEach(async () => {
  for (const health of open.splice(0)) await health.close();
  await database.pool.query('delete from jidoka.model_health');
});
afterAll(async () => {
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

interface Gateway {
  readonly health: StandingHealth;
  readonly board: HealthBoard;
}

const model = (upstreams: readonly string[]) => ({
  upstreams: [...upstreams],
  price: 'unpriced' as const,
  window: 1,
  output: 1,
  capabilities: [],
  weights: 'open' as const,
});

let names = 0;
async function gateway(on: Pick<StoreDatabase, 'attempt' | 'listen'> = database): Promise<Gateway> {
  const name = `gateway-${(names += 1)}`;
  const health = await standingHealth({ database: on, holder: name, by: name, now: () => time.now(), lookEveryMs: null });
  open.push(health);
  return { health, board: healthBoard({ models: { m: model(['a/one', 'a/two', 'b/one']) } }, () => performance.now(), health) };
}

const at = (name: string) => ({ at: name, provider: name.slice(0, 1), model: 'm', window: 1 });
const mark = (kind: Mark['kind'], name: string, restMs: number | null = null): Mark => ({ kind, at: at(name), restMs });
const usable = ({ board }: Gateway): string => ['a/one', 'a/two', 'b/one'].filter((name) => board.isUsable(at(name))).join(' ');

/** Nothing is waited for but that the other heard of it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

it('what one gateway found down the others leave alone too, and people see who found it, why and until when', async () => {
  const [first, second] = [await gateway(), await gateway()];
  for (let times = 0; times < 4; times += 1) first.board.mark(mark('failed', 'b/one'));
  await until(() => usable(second) === 'a/one a/two');
  first.board.mark(mark('provider-cut', 'a/one'));
  await until(() => usable(second) === '');
  first.board.mark(mark('rests', 'b/one', 90_000));
  await until(() => second.board.restMs(at('b/one')) > 80_000);
  const rests = await standingRests(database);
  expect(rests.map(({ at: name, why, by }) => `${name} ${why} ${by}`)).toEqual([
    `a/one cut gateway-${names - 1}`,
    `a/two cut gateway-${names - 1}`,
    `b/one rests gateway-${names - 1}`,
  ]);
  for (const { until: end, since } of rests) expect(Date.parse(end) - Date.parse(since)).toBeGreaterThan(80_000);
  // One that starts later knows from the beginning.
  expect(usable(await gateway())).toBe('');
});

it('of all who come when a rest is over, one tries, and an answer to him lets all of them in', async () => {
  const gateways = [await gateway(), await gateway(), await gateway()];
  const [first] = gateways;
  first?.board.mark(mark('rests', 'b/one', 40));
  await until(() => gateways.every((one) => one.health.rests().size === 1));
  await until(() => gateways.every(({ board }) => board.isUsable(at('b/one'))));
  const entered = await Promise.all(gateways.map(({ board }) => board.enter(at('b/one'))));
  expect(entered.filter(Boolean)).toHaveLength(1);
  expect(gateways.map(usable)).toEqual(['a/one a/two', 'a/one a/two', 'a/one a/two']);
  expect(await standingRests(database)).toMatchObject([{ at: 'b/one', tried: true }]);
  gateways[entered.indexOf(true)]?.board.answered(at('b/one'), 12, 0, 0);
  await until(() => gateways.every((one) => usable(one) === 'a/one a/two b/one'));
  expect(await Promise.all(gateways.map(({ board }) => board.enter(at('b/one'))))).toEqual([true, true, true]);
  expect(await standingRests(database)).toEqual([]);
});

it('a try that fails keeps all of them away for longer', async () => {
  const [first, second] = [await gateway(), await gateway()];
  first.board.mark(mark('rests', 'b/one', 40));
  await until(() => second.health.rests().size === 1);
  await until(() => second.board.isUsable(at('b/one')));
  expect(await second.board.enter(at('b/one'))).toBe(true);
  second.board.mark(mark('failed', 'b/one'));
  await until(() => first.board.restMs(at('b/one')) > 1_000);
  expect(first.board.isUsable(at('b/one'))).toBe(false);
});

it('an answer to one does not undo what another found meanwhile', async () => {
  const [first, second] = [await gateway(), await gateway()];
  first.board.mark(mark('rests', 'b/one', 40));
  await until(() => second.health.rests().size === 1);
  await until(() => first.board.isUsable(at('b/one')));
  expect(await first.board.enter(at('b/one'))).toBe(true);
  second.board.mark(mark('rests', 'b/one', 60_000));
  await second.health.settled();
  first.board.answered(at('b/one'), 5, 0, 0);
  await first.health.settled();
  await until(() => !first.board.isUsable(at('b/one')));
  expect(await standingRests(database)).toMatchObject([{ at: 'b/one', by: `gateway-${names}` }]);
});

it('goes by what it sees itself where the database is gone, and tells the others when it is back', async () => {
  let isGone = false;
  const lost = {
    listen: database.listen.bind(database),
    attempt: <T>(work: Parameters<typeof database.attempt<T>>[0]) =>
      isGone ? Promise.reject(new Error('the database is gone')) : database.attempt(work),
  };
  const [first, second] = [await gateway(lost), await gateway()];
  isGone = true;
  first.board.mark(mark('provider-cut', 'a/one'));
  expect(usable(first)).toBe('b/one');
  await expect(first.health.settled()).rejects.toThrow('gone');
  expect([usable(first), usable(second)]).toEqual(['b/one', 'a/one a/two b/one']);
  expect(await first.health.mayProbe('b/one')).toBe(true);
  isGone = false;
  await first.health.settled();
  await until(() => usable(second) === 'b/one');
});
