import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { isJidokaError } from '../../src/core/base/error.ts';
import type { RunId } from '../../src/core/base/ids.ts';
import type { Feed, FeedPage } from '../../src/core/ports/feed.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { Tx } from '../../src/core/ports/tx.ts';
import { sampleEvent, sampleRun } from '../ledger/index.ts';

/** A feed under test with the ledger it follows, and the way to put both away. */
export interface FeedUnderTest {
  readonly feed: Feed;
  readonly ledger: Ledger;
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * What every feed promises. `make` is called once.
 *
 * @example
 * feedContract('the feed in memory', async () => {
 *   const ledger = memoryLedger();
 *   return { feed: memoryFeed(ledger), ledger, ...memoryTransactions(), close: async () => {} };
 * });
 */
export function feedContract(name: string, make: () => Promise<FeedUnderTest>): void {
  describe(name, () => {
    let under: FeedUnderTest;
    beforeAll(async () => {
      under = await make();
    });
    afterAll(() => under.close());

    reading(() => under);
    filtering(() => under);
    transacting(() => under);
    waiting(() => under);
  });
}

function reading(under: () => FeedUnderTest): void {
  it('gives every event with its cursor, in the order in which they were appended', async () => {
    const { feed, ledger } = under();
    const [start, run, other] = [await feed.end(), sampleRun('order'), sampleRun('order')];
    await append(ledger, run, ['a', 'b']);
    await append(ledger, other, ['c']);
    await append(ledger, run, ['d']);
    const { events, cursor } = await feed.after(start, { limit: 100 });
    assert.deepEqual(keysOf({ events, cursor }), ['a', 'b', 'c', 'd']);
    assert.deepEqual(
      events.map(({ event }) => event).filter((event) => event.run === run),
      await ledger.read(run),
    );
    for (const [index, event] of events.entries())
      assert.deepEqual((await feed.after(event.cursor, { limit: 100 })).events, events.slice(index + 1));
  });

  it('goes on from page to page, and from where it found nothing', async () => {
    const { feed, ledger } = under();
    const run = sampleRun('pages');
    let { cursor } = await feed.after(await feed.end(), { limit: 2 });
    await append(ledger, run, ['a', 'b', 'c', 'd', 'e']);
    for (const keys of [['a', 'b'], ['c', 'd'], ['e'], []]) {
      const page = await feed.after(cursor, { limit: 2 });
      assert.deepEqual(keysOf(page), keys);
      cursor = page.cursor;
    }
    await append(ledger, run, ['f']);
    assert.deepEqual(keysOf(await feed.after(cursor, { limit: 2 })), ['f']);
    assert.deepEqual(keysOf(await feed.after(await feed.end(), { limit: 2 })), []);
  });

  it('begins at the first event ever', async () => {
    const { feed, ledger } = under();
    await append(ledger, sampleRun('first'), ['a']);
    const [first] = (await feed.after(null, { limit: 1 })).events;
    assert.equal(first?.event.runSeq, 1);
    const all = await feed.after(null, { limit: 10_000 });
    assert.deepEqual(all.events[0], first);
    assert.equal(all.cursor, await feed.end());
  });

  it.each(['', 'x', '-1', '1e3', ' 1', '0.0', "0.0.0'; drop table", '99999999999999999999999999', '1.99999999999999999999.1'])(
    'refuses what is no cursor of it: %j',
    async (cursor) => {
      await assert.rejects(under().feed.after(cursor, { limit: 1 }), (e) => isJidokaError(e) && e.code === 'usage');
    },
  );
}

function filtering(under: () => FeedUnderTest): void {
  it('gives the events of one run, and moves its cursor on over the others', async () => {
    const { feed, ledger } = under();
    const [start, run, other] = [await feed.end(), sampleRun('one'), sampleRun('other')];
    await append(ledger, run, ['a', 'b']);
    await append(ledger, other, ['x', 'y']);
    await append(ledger, run, ['c']);
    await append(ledger, other, ['z']);
    const full = await feed.after(start, { limit: 2, run });
    assert.deepEqual(keysOf(full), ['a', 'b']);
    const rest = await feed.after(full.cursor, { limit: 2, run });
    assert.deepEqual(keysOf(rest), ['c']);
    assert.equal(rest.cursor, await feed.end());
    await append(ledger, run, ['d']);
    assert.deepEqual(keysOf(await feed.after(rest.cursor, { limit: 2, run })), ['d']);
    assert.deepEqual(keysOf(await feed.after(null, { limit: 9, run })), ['a', 'b', 'c', 'd']);
    assert.deepEqual(keysOf(await feed.after(start, { limit: 9, run: sampleRun('never') })), []);
  });
}

function transacting(under: () => FeedUnderTest): void {
  it('gives what a transaction appended once it has held, and never what was undone', async () => {
    const { feed, ledger, transaction } = under();
    const [start, run] = [await feed.end(), sampleRun('tx')];
    await transaction(async (tx) => {
      await ledger.append(run, [sampleEvent('a')], tx);
      assert.deepEqual(keysOf(await feed.after(start, { limit: 9 })), []);
      await ledger.append(run, [sampleEvent('b')], tx);
    });
    const undone = transaction(async (tx) => {
      await ledger.append(run, [sampleEvent('c')], tx);
      throw new Error('undone');
    });
    await assert.rejects(undone, /undone/);
    await append(ledger, run, ['d']);
    assert.deepEqual(keysOf(await feed.after(start, { limit: 9 })), ['a', 'b', 'd']);
  });
}

function waiting(under: () => FeedUnderTest): void {
  it('wakes all who wait when something is new', async () => {
    const { feed, ledger } = under();
    const [start, run] = [await feed.end(), sampleRun('wake')];
    const seen = Promise.all([followUntil(feed, start, run), followUntil(feed, start, run)]);
    await append(ledger, run, ['a']);
    await append(ledger, run, ['last']);
    assert.deepEqual(await seen, [
      ['a', 'last'],
      ['a', 'last'],
    ]);
  });

  it('stops waiting when it is told to, and when the time is up', async () => {
    const { feed } = under();
    const stop = new AbortController();
    const stopped = feed.wait(600_000, stop.signal);
    stop.abort();
    await stopped;
    await feed.wait(600_000, stop.signal);
    await feed.wait(1, new AbortController().signal);
  });
}

/** Follows a run as those do who watch it, until its event 'last'. */
async function followUntil(feed: Feed, start: string, run: RunId): Promise<readonly string[]> {
  const seen: string[] = [];
  const { signal } = new AbortController();
  for (let cursor = start; ; await feed.wait(600_000, signal)) {
    const page = await feed.after(cursor, { limit: 10, run });
    seen.push(...keysOf(page));
    if (seen.includes('last')) return seen;
    ({ cursor } = page);
  }
}

async function append(ledger: Ledger, run: RunId, keys: readonly string[]): Promise<void> {
  await ledger.append(
    run,
    keys.map((key) => sampleEvent(key)),
  );
}

function keysOf({ events }: FeedPage): readonly string[] {
  return events.map(({ event }) => event.key);
}
