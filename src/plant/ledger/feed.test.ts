import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { feedContract } from '../../../kit/feed/index.ts';
import { ClientTransactions, sampleEvent, sampleRun } from '../../../kit/ledger/index.ts';
import { giveCluster } from '../../../test/cluster/give-cluster.ts';
import type { RunId } from '../../core/base/ids.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import type { Feed } from '../../core/ports/feed.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import { openDatabase, removeDatabase, type Database } from '../postgres/index.ts';
import { openFeed, type OpenFeed } from './feed.ts';
import { openLedger } from './ledger.ts';

const ignore = (): void => {};
let home: string;
let database: Database;
let ledger: Ledger;
let feed: OpenFeed;
let pool: ReturnType<Database['openPool']>;
let transactions: ClientTransactions;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-feed-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: ignore, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  ledger = openLedger(database);
  feed = openFeed(database);
  pool = database.openPool('jidoka-test', 8);
  transactions = new ClientTransactions(pool);
});
afterEach(() => transactions.close());
afterAll(async () => {
  await feed.close();
  await pool.end();
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

feedContract('the feed in PostgreSQL', async () => ({ feed, ledger, transaction: transactions.transaction, close: async () => {} }));

describe('two transactions of which the later one writes first', () => {
  it('lose an event to whoever goes on behind the largest number, and none to the feed', async () => {
    const [start, quick, slow] = [await feed.end(), sampleRun('quick'), sampleRun('slow')];
    const [naive, ours] = [new Naive(await lastSeq()), new Follower(feed, start)];
    const [earlier, later] = [await transactions.begin(), await transactions.begin()];
    await ledger.append(slow, [sampleEvent('slow')], later.tx);
    await ledger.append(quick, [sampleEvent('quick')], earlier.tx);
    await earlier.commit();
    await naive.read();
    await ours.read(10);
    await later.commit();
    await naive.read();
    await ours.read(10);
    expect(naive.keys).toEqual(['quick']);
    expect(ours.keys).toEqual(['quick', 'slow']);
  });
});

describe('a run to which transactions append in another order than they began', () => {
  it('is fed in its own order', async () => {
    const [start, run] = [await feed.end(), sampleRun('turns')];
    const [earlier, later] = [await transactions.begin(), await transactions.begin()];
    await ledger.append(run, [sampleEvent('first')], later.tx);
    await later.commit();
    await ledger.append(run, [sampleEvent('second')], earlier.tx);
    await earlier.commit();
    await ledger.append(run, [sampleEvent('third')]);
    expect((await feed.after(start, { limit: 9 })).events.map(({ event }) => event.key)).toEqual(['first', 'second', 'third']);
  });
});

describe('many writers at once', () => {
  it('lose and double nothing, and every reader sees one and the same order', async () => {
    const start = await feed.end();
    const runs = Array.from({ length: 5 }, () => sampleRun('shared'));
    const writing = Promise.all(Array.from({ length: 4 }, (_, writer) => writeTransactions(writer, runs)));
    const reading = Array.from({ length: 3 }, (_, reader) => readUntil(writing, new Follower(feed, start), reader));
    const readingOne = readUntil(writing, new Follower(feed, start, runs[0]), 9);
    await writing;
    const [first = [], ...others] = await Promise.all(reading);
    const committed = (await Promise.all(runs.map((run) => ledger.read(run)))).flat();
    expect(first.toSorted()).toEqual(committed.map(({ hash }) => hash).toSorted());
    for (const other of others) expect(other).toEqual(first);
    const chains = await Promise.all(runs.map(async (run) => (await ledger.read(run)).map(({ hash }) => hash)));
    for (const chain of chains) expect(first.filter((hash) => chain.includes(hash))).toEqual(chain);
    expect(await readingOne).toEqual(chains[0]);
    expect(committed.length).toBeGreaterThan(200);
  });
});

describe('a database that was moved to another server', () => {
  it('goes on behind the cursors of the old one, though transactions are numbered anew', async () => {
    const [start, run] = [await feed.end(), sampleRun('moved')];
    await ledger.append(run, [sampleEvent('old')]);
    await database.pool.query(`
      insert into jidoka.event (xid, run, run_seq, key, type, at, actor, text, body, prev, hash)
      select '999999999', run, 2, 'high', type, at, actor, replace(text, '"old"', '"high"'), body, hash, 'h' from jidoka.event where run = '${run}'`);
    await database.pool.query(`update jidoka.run set events = 2, head = 'h' where run = '${run}'`);
    await database.pool.query('alter table jidoka.event alter column epoch set default 1');
    const old = await feed.after(start, { limit: 9 });
    await ledger.append(run, [sampleEvent('new')]);
    expect(old.events.map(({ event }) => event.key)).toEqual(['old', 'high']);
    expect((await feed.after(old.cursor, { limit: 9 })).events.map(({ event }) => event.key)).toEqual(['new']);
    await expect(feed.after('1.999999998.1', { limit: 9 })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a server that dies', () => {
  it('loses no event to cursors given before, though it numbers transactions anew that left nothing', async () => {
    const run = sampleRun('crash');
    const { rows } = await database.pool.query<{ postmaster: number; writer: number }>(`
      select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as postmaster, pid as writer
        from pg_stat_activity where backend_type = 'walwriter'`);
    const [server] = rows;
    if (server === undefined) throw new Error('the server has no WAL writer');
    await ledger.append(run, [sampleEvent('before')]);
    process.kill(server.writer, 'SIGSTOP'); // it would soon write down how the transactions that follow ended
    await Promise.all(Array.from({ length: 8 }, async () => (await transactions.begin()).rollback()));
    const { cursor } = await feed.after(null, { limit: 10_000, run });
    for (const pid of [server.postmaster, server.writer]) process.kill(pid, 'SIGKILL');
    await ledger.append(run, [sampleEvent('after')]);
    expect((await feed.after(cursor, { limit: 9, run })).events.map(({ event }) => event.key)).toEqual(['after']);
  });
});

describe('a wait', () => {
  const never = new AbortController().signal;

  it('hears of every append', async () => {
    let listens = ignore;
    let hears = ignore;
    const listening = new Promise<void>((resolve) => (listens = resolve));
    const heard = new Promise<void>((resolve) => (hears = resolve));
    const own = openFeed({
      attempt: (work) => database.attempt(work),
      listen: async (channel, onNotice) => {
        const listener = await database.listen(channel, () => [hears(), onNotice()]);
        listens();
        return listener;
      },
    });
    await Promise.all([own.wait(60_000, never), listening]);
    const told = own.wait(60_000, never);
    await ledger.append(sampleRun('told'), [sampleEvent('told')]);
    await expect(Promise.all([heard, told])).resolves.toHaveLength(2);
    await own.close();
  });

  it('ends within the net where nothing tells: an open transaction held the events back', async () => {
    const deaf = openFeed({ attempt: (work) => database.attempt(work) });
    const [start, run] = [await deaf.end(), sampleRun('held')];
    const elsewhere = await transactions.begin();
    await ledger.append(run, [sampleEvent('held')]);
    expect((await deaf.after(start, { limit: 9 })).events).toEqual([]);
    await elsewhere.commit();
    const from = performance.now();
    await deaf.wait(60_000, never);
    expect(performance.now() - from).toBeLessThan(10_000);
    expect((await deaf.after(start, { limit: 9 })).events).toHaveLength(1);
    await deaf.close();
  });
});

/** What the obvious reader does: behind the largest number seen, without the transactions that may still be open. */
class Naive {
  readonly keys: string[] = [];
  #seq: string;

  constructor(seq: string) {
    this.#seq = seq;
  }

  async read(): Promise<void> {
    const { rows } = await database.pool.query<{ seq: string; key: string }>(
      'select seq, key from jidoka.event where seq > $1 and xid < pg_snapshot_xmin(pg_current_snapshot()) order by seq',
      [this.#seq],
    );
    this.keys.push(...rows.map(({ key }) => key));
    this.#seq = rows.at(-1)?.seq ?? this.#seq;
  }
}

async function lastSeq(): Promise<string> {
  const { rows } = await database.pool.query<{ seq: string | null }>('select max(seq) as seq from jidoka.event');
  return rows[0]?.seq ?? '0';
}

/** Reads the feed page by page and keeps what it got. */
class Follower {
  readonly events: LedgerEvent[] = [];
  readonly #feed: Feed;
  readonly #run: RunId | undefined;
  #cursor: string;

  constructor(from: Feed, cursor: string, run?: RunId) {
    this.#feed = from;
    this.#cursor = cursor;
    this.#run = run;
  }

  get keys(): readonly string[] {
    return this.events.map(({ key }) => key);
  }

  /** Reads one page and goes on where the page says or, as after a lost connection, behind its last event. */
  async read(limit: number, goOn: 'page' | 'event' = 'page'): Promise<number> {
    const page = await this.#feed.after(this.#cursor, { limit, ...(this.#run && { run: this.#run }) });
    this.events.push(...page.events.map(({ event }) => event));
    this.#cursor = goOn === 'event' ? (page.events.at(-1)?.cursor ?? page.cursor) : page.cursor;
    return page.events.length;
  }
}

/** Reads in pages of any size while others write, and then to the end. */
async function readUntil(writing: Promise<unknown>, follower: Follower, seed: number): Promise<readonly string[]> {
  const chance = chanceOf(seed + 100);
  const state = { isWriting: true };
  const ended = writing.finally(() => (state.isWriting = false));
  for (;;) {
    const { isWriting } = state;
    const count = await follower.read(1 + chance(20), chance(2) === 0 ? 'page' : 'event');
    if (!isWriting && count === 0) break;
  }
  await ended;
  return follower.events.map(({ hash }) => hash);
}

/** Transactions of any length over some runs: some are undone, some stay open while others begin and end. */
async function writeTransactions(writer: number, runs: readonly RunId[]): Promise<void> {
  const chance = chanceOf(writer + 1);
  for (let turn = 0; turn < 40; turn += 1) {
    const open = await transactions.begin();
    const run = runs[chance(runs.length)] ?? sampleRun('none'); // one run each: two in any order would be a deadlock
    for (let part = chance(4); part >= 0; part -= 1) {
      await database.pool.query('select pg_sleep($1::float / 1000)', [chance(6)]);
      await ledger.append(run, [sampleEvent(`${writer}.${turn}.${part}`), sampleEvent(`${writer}.${turn}.${part}+`)], open.tx);
    }
    await (chance(4) === 0 ? open.rollback() : open.commit());
  }
}

/** Whole numbers below a limit that are the same in every run of the test. */
function chanceOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
