import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { recordedCall } from '../../../../../kit/gateway/index.ts';
import { giveCluster } from '../../../../../test/cluster/give-cluster.ts';
import { redact } from '../../../../core/base/redact.ts';
import type { CallLedger } from '../../../../core/ports/gateway/call-ledger.ts';
import type { RecordedCall } from '../../../../core/ports/gateway/call-recorder.ts';
import { blobTable } from '../../../ledger/index.ts';
import { openDatabase, removeDatabase, type Database } from '../../../postgres/index.ts';
import { partShelf } from '../../record/part-shelf.ts';
import { packed, unpacked } from '../../record/recorded-line.ts';
import { callRow } from '../call-row.ts';
import { callWriter } from '../call-writer.ts';
import { ledgerCalls } from '../ledger-calls.ts';
import type { StoreDatabase } from '../store-database.ts';
import { purgeCalls } from './purge-calls.ts';

let home: string;
let database: Database;
let ledger: CallLedger;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-purge-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  ledger = ledgerCalls(database);
});
beforeEach(async () => {
  await database.pool.query(
    'delete from jidoka.model_call; delete from jidoka.blob; delete from jidoka.model_purge; delete from jidoka.run',
  );
});
afterAll(async () => {
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

const day = 24 * 60 * 60_000;
const now = Date.parse('2026-11-30T12:00:00Z');
const before = new Date(now - 30 * day).toISOString();
const old = now - 40 * day;
const bodyOf = (...texts: readonly string[]): string =>
  JSON.stringify({ model: 'coder', messages: texts.map((content) => ({ role: 'user', content })) });
const call = (id: string, run: string, at: number, asked: string, said = `answer ${id}`): RecordedCall =>
  recordedCall(id, { at, asked, said: [said], caller: { line: 'deps', fleet: null, run, stage: 'change', station: 'coder' } });

/** Takes calls down as gateways do; what they brought counts as old afterwards. */
async function take(...calls: readonly RecordedCall[]): Promise<void> {
  const writer = callWriter(database.url);
  const shelf = partShelf(redact);
  await writer.write(
    unpacked(packed(calls.map((one) => ({ call: one, dropped: 0 })))).map((one) => callRow(one, { shelf, redact, holder: null })),
    () => true,
  );
  await writer.close();
  await database.pool.query(`update jidoka.blob set at = now() - interval '40 days'`);
}

/** A run that the ledger knows, open or ended. */
async function begin(name: string, isEnded: boolean, text = '{}'): Promise<void> {
  await database.pool.query(
    `insert into jidoka.run (run, line, first_at, last_at, events, head, decided) values ($1, 'deps', '', '', 1, '', true)`,
    [name],
  );
  await database.pool.query(
    `insert into jidoka.event (run, run_seq, key, type, at, actor, text, body, prev, hash) values ($1, 1, $2, $3, '', '', $4, '{}', '', '')`,
    [name, `key ${(keys += 1)}`, isEnded ? 'run.ended' : 'verdict.decided', text],
  );
}
let keys = 0;

async function count(table: 'blob' | 'model_call'): Promise<number> {
  const { rows } = await database.pool.query<{ count: string }>(`select count(*) from jidoka.${table}`);
  return Number(rows[0]?.count);
}

const purge = (what: 'bodies' | 'calls', on: Pick<StoreDatabase, 'attempt'> = database) => purgeCalls(on, { what, before, by: 'ada' });

/** Some calls of each kind: old ones of a run that ended, of an open one and of nobody's run, and one that is new. */
async function fill(tag: string): Promise<void> {
  await begin(`over-${tag}`, true);
  await begin(`open-${tag}`, false);
  await take(
    call(`a-${tag}`, `over-${tag}`, old, bodyOf(`only here ${tag}`, `shared ${tag}`)),
    call(`b-${tag}`, `own-${tag}`, old, bodyOf(`only there ${tag}`)),
    call(`c-${tag}`, `open-${tag}`, old, bodyOf(`of an open run ${tag}`)),
    call(`d-${tag}`, `over-${tag}`, now, bodyOf(`new ${tag}`, `shared ${tag}`)),
  );
}

it('bodies of old calls go, those of open runs and of newer calls stay, and all sums are as before', async () => {
  await fill('x');
  const sums = await ledger.spend(['day', 'run']);
  expect(await purge('bodies')).toMatchObject({ calls: 0, open: 1 });
  expect(await ledger.spend(['day', 'run'])).toEqual(sums);
  expect(await ledger.said('c-x')).toEqual({ request: bodyOf('of an open run x'), answer: 'answer c-x' });
  expect(await ledger.said('d-x')).toEqual({ request: bodyOf('new x', 'shared x'), answer: 'answer d-x' });
  for (const id of ['a-x', 'b-x'])
    await expect(ledger.said(id)).rejects.toThrow(new RegExp(`^What was said in call ${id} was removed, by ada, 2\\d{3}-.* UTC\\.$`));
  expect(await purge('bodies')).toMatchObject({ bodies: 0, bytes: 0 });
});

it('whole calls go with their bodies', async () => {
  await fill('y');
  expect(await purge('calls')).toMatchObject({ calls: 2, open: 1 });
  expect((await ledger.calls({ limit: 9 })).map(({ id }) => id)).toEqual(['c-y', 'd-y']);
  expect(await ledger.said('a-y')).toBeNull();
  // Once the run has ended they go too.
  await begin('other', true);
  await database.pool.query(
    `insert into jidoka.event (run, run_seq, key, type, at, actor, text, body, prev, hash) values ('open-y', 2, 'end', 'run.ended', '', '', '{}', '{}', '', '')`,
  );
  expect(await purge('calls')).toMatchObject({ calls: 1, open: 0 });
});

it('what evidence refers to stays, and what somebody gave again just now', async () => {
  const part = 'a result that is evidence';
  const sha256 = createHash('sha256').update(part).digest('hex');
  await begin('over-z', true);
  await begin('proof', true, `{"log":"sha256:${sha256}"}`);
  await take(call('a-z', 'over-z', old, bodyOf('forgotten'), part), call('b-z', 'over-z', old, bodyOf('given again'), 'answer b-z'));
  const text = 'answer b-z';
  await blobTable({ ...database, attempt: database.attempt.bind(database), kind: 'server' }).put(
    createHash('sha256').update(text).digest('hex'),
    Buffer.from(text),
  );
  await purge('calls');
  const { rows } = await database.pool.query<{ bytes: Buffer }>('select bytes from jidoka.blob');
  expect(rows.map(({ bytes }) => bytes.toString()).toSorted()).toEqual([part, text]);
});

/** A database that is gone after so many statements, whatever was under way. */
function dyingAfter(statements: number): Pick<StoreDatabase, 'attempt'> & { readonly died: () => boolean } {
  let left = statements;
  const asked = (): void => {
    if (left <= 0) throw new Error('killed');
    left -= 1;
  };
  const pool = {
    query: async (text: string, values: unknown[]) => {
      asked();
      return database.pool.query(text, values);
    },
    connect: async () => {
      const client = await database.pool.connect();
      const query = async (text: string, values: unknown[]) => {
        asked();
        return client.query(text, values);
      };
      return { query, release: (broken: boolean) => client.release(broken) };
    },
  };
  // Of the pool only these two are used.
  return { attempt: (work) => work(pool as unknown as Pool), died: () => left <= 0 };
}

it('wherever it is killed, nothing that stays is without its bodies, what is gone is explained, and the next one finishes', async () => {
  await fill('k');
  for (let statements = 0; ; statements += 1) {
    const dying = dyingAfter(statements);
    const ended = await purge('calls', dying).then(
      () => true,
      () => false,
    );
    for (const id of ['c-k', 'd-k']) expect(await ledger.said(id)).not.toBeNull();
    for (const id of ['a-k', 'b-k'])
      await ledger.said(id).then(
        (said) => expect(said === null || said.answer === `answer ${id}`).toBe(true),
        (error: unknown) => expect(String(error)).toContain('was removed, by ada'),
      );
    if (!ended) continue;
    expect(statements).toBeGreaterThan(8);
    break;
  }
  expect([await count('model_call'), await count('blob')]).toEqual([2, await referred()]);
});

/** Blobs that calls refer to. */
async function referred(): Promise<number> {
  const text = 'select count(distinct sha256) from (select unnest(request || answer) sha256 from jidoka.model_call) found';
  const { rows } = await database.pool.query<{ count: string }>(text);
  return Number(rows[0]?.count);
}
