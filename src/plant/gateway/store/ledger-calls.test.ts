import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { callLedgerContract, recordedCall } from '../../../../kit/gateway/index.ts';
import { giveCluster } from '../../../../test/cluster/give-cluster.ts';
import type { CallRecorder } from '../../../core/ports/gateway/call-recorder.ts';
import { blobTable, openBlobs } from '../../ledger/index.ts';
import { openDatabase, removeDatabase, type Database } from '../../postgres/index.ts';
import { threadRecorder } from '../record/thread-recorder.ts';
import { ledgerCalls } from './ledger-calls.ts';
import { tidyStore } from './tidy.ts';

let home: string;
let database: Database;
let gateway: Awaited<ReturnType<Database['enlist']>>;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-calls-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  gateway = await database.enlist(() => expect.fail('the database went down'));
});
beforeEach(async () => {
  await database.pool.query('delete from jidoka.model_call; delete from jidoka.model_call_open; delete from jidoka.blob');
});
afterAll(async () => {
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

const lost: string[] = [];
function recorder(holder = gateway.id): CallRecorder {
  lost.splice(0);
  const failed = (why: string): void => void lost.push(why);
  return threadRecorder({ thread: 'store/calls-thread', data: { place: database.url, keys: [], holder }, failed, lost: failed });
}

async function kept(work: (recorder: CallRecorder) => void | Promise<void>): Promise<void> {
  const one = recorder();
  await work(one);
  await one.close();
  expect(lost).toEqual([]);
}

callLedgerContract('calls in PostgreSQL', async () => ({ ledger: ledgerCalls(database), kept }));

it('what a session says again and again is kept once, and each request can be put together again', async () => {
  const message = (at: number): object => ({ role: 'user', content: `message ${at} `.repeat(30) });
  const bodies = [3, 4, 5].map((count) =>
    JSON.stringify({ model: 'coder', messages: Array.from({ length: count }, (_, at) => message(at)) }),
  );
  await kept((one) => {
    for (const [at, asked] of bodies.entries()) one.take(recordedCall(String(at), { asked }));
  });
  const ledger = ledgerCalls(database);
  for (const [at, asked] of bodies.entries()) expect((await ledger.said(String(at)))?.request).toBe(asked);
  const { rows } = await database.pool.query<{ count: string }>('select count(*) from jidoka.blob');
  // Three beginnings, two of the middle that follow them, and the last one of each request; one answer.
  expect(Number(rows[0]?.count)).toBe(1 + 4 + 3);
});

it('the factory finds the parts of a conversation among its blobs', async () => {
  await kept((one) => one.take(recordedCall('1', { asked: '{"model":"coder"}', said: ['Hello there'] })));
  const [call] = await ledgerCalls(database).calls({ limit: 1 });
  const blobs = openBlobs(join(home, 'blobs'), (text) => text, blobTable(database));
  expect(await blobs.text(call?.request[0] ?? '')).toBe('{"model":"coder"}');
  expect(await blobs.text(call?.answer.body ?? '')).toBe('Hello there');
});

it('a part that somebody changed is not told', async () => {
  await kept((one) => one.take(recordedCall('1')));
  await database.pool.query(`update jidoka.blob set bytes = 'changed'`);
  await expect(ledgerCalls(database).said('1')).rejects.toMatchObject({ code: 'evidence-invalid' });
  await database.pool.query('delete from jidoka.blob');
  await expect(ledgerCalls(database).said('1')).rejects.toMatchObject({ code: 'evidence-invalid' });
});

it('a call is never changed', async () => {
  await kept((one) => one.take(recordedCall('1')));
  await expect(database.pool.query('update jidoka.model_call set cost = 0')).rejects.toThrow('never changed');
});

it('bytes that no text has, and a name that nobody should have, keep no other call from being kept', async () => {
  await kept((one) => {
    one.take(recordedCall('1', { alias: 'a\u0000b\ud800', asked: '{"a":"\u0000"}', headers: { x: '\udc00' } }));
    one.take(recordedCall('2', { said: [] }));
  });
  const calls = await ledgerCalls(database).calls({ limit: 9 });
  expect(calls.map(({ alias }) => alias)).toEqual(['a\ufffdb\ufffd', 'coder']);
  expect(await ledgerCalls(database).said('1')).toMatchObject({ request: '{"a":"\u0000"}' });
  expect(calls[1]?.answer.body).toBeNull();
});

it('a call that the database does not take is told, and the others are kept', async () => {
  const one = recorder();
  one.take(recordedCall('1'));
  one.take(
    recordedCall('2', { usage: { input: Number.MAX_VALUE, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0 } }),
  );
  one.take(recordedCall('3'));
  await one.close();
  expect([lost.length, one.dropped()]).toEqual([1, 1]);
  expect((await ledgerCalls(database).calls({ limit: 9 })).map(({ id }) => id)).toEqual(['1', '3']);
});

it('calls wait for a connection that broke, and none is lost', async () => {
  const one = recorder();
  const ledger = ledgerCalls(database);
  one.take(recordedCall('1'));
  while ((await ledger.calls({ limit: 9 })).length === 0);
  await database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'jidoka-calls'`);
  one.take(recordedCall('2'));
  await one.close();
  expect(lost).toEqual([]);
  expect((await ledger.calls({ limit: 9 })).map(({ id }) => id)).toEqual(['1', '2']);
});

it('an open call of a gateway that is gone is lost, with what it came to, and so it stays', async () => {
  const ledger = ledgerCalls(database);
  const one = recorder('a gateway that was killed');
  one.note(recordedCall('1', { said: [], ended: 'open', estimated: true }));
  one.note(recordedCall('2', { said: [], ended: 'open' }));
  one.take(recordedCall('2'));
  await one.close();
  await kept((other) => other.note(recordedCall('3', { said: [], ended: 'open' })));
  const seen = async (): Promise<unknown> => (await ledger.calls({ limit: 9 })).map(({ id, ended }) => `${id} ${ended}`);
  const sums = await ledger.spend(['run', 'model']);
  expect(await seen()).toEqual(['1 lost', '2 whole', '3 open']);
  const isLive = (holder: string): Promise<boolean> => database.isLive(holder);
  expect(await tidyStore(database, { isLive, now: Date.now() })).toMatchObject({ calls: 1 });
  expect(await tidyStore(database, { isLive, now: Date.now() })).toMatchObject({ calls: 0 });
  expect(await seen()).toEqual(['1 lost', '2 whole', '3 open']);
  expect(await ledger.spend(['run', 'model'])).toEqual(sums);
  expect(await ledger.said('1')).toEqual({ request: '{}', answer: '' });
  const { rows } = await database.pool.query<{ id: string }>('select id from jidoka.model_call_open');
  expect(rows).toEqual([{ id: '3' }]);
});
