import type { ClientBase, Pool, PoolClient } from 'pg';
import type { RunId, Sha256 } from '../../core/base/ids.ts';
import type { LedgerEvent, NewEvent } from '../../core/evidence/event.ts';
import { firstTip, linkTo, storedEvent, tipAfter, type StoredRow, type Tip } from './tip.ts';
import { writeLinks } from './write-links.ts';

export interface Append {
  readonly run: RunId;
  readonly events: readonly NewEvent[];
  readonly sha256: Sha256;
}

export interface Appended {
  /** The events asked for, old or new, in the order asked. */
  readonly stored: readonly LedgerEvent[];
  readonly tip: Tip;
}

/** What the ledger already has of what is to be appended. */
interface Present {
  readonly tip: Tip;
  readonly byKey: ReadonlyMap<string, LedgerEvent>;
}

/**
 * Appends events whose keys are new, in a transaction of their own, and gives back all of them. `tip` is where the
 * writer believes the chain to end; null where it does not know. One round trip where it is known and the keys are
 * new, two where it must be read; where other writers are in the way, it waits for the run's row.
 */
export async function appendEvents(
  database: { attempt<T>(work: (pool: Pool) => Promise<T>): Promise<T> },
  append: Append,
  tip: Tip | null,
): Promise<Appended> {
  let known: Present | null = tip === null ? null : { tip, byKey: new Map() };
  return database.attempt(async (pool) => {
    const hopeful = known;
    known = null; // done again after a lost connection, the first try may have been stored
    const quick = (hopeful && (await tryAppend(pool, append, hopeful))) ?? (await tryAppend(pool, append, await presentIn(pool, append)));
    return quick ?? appendAlone(pool, append);
  });
}

/**
 * Appends within an open transaction of isolation `read committed`, which from then on holds the row of the run: nobody
 * comes between. Only a run's first event may meet another's first; then it waits for that one and looks again.
 */
export async function appendWithin(client: ClientBase, append: Append): Promise<Appended> {
  for (;;) {
    await client.query('select from jidoka.run where run = $1 for update', [append.run]);
    const done = await tryAppend(client, append, await presentIn(client, append));
    if (done !== null) return done;
  }
}

/** Null where another writer came between. */
async function tryAppend(client: ClientBase | Pool, { run, events, sha256 }: Append, present: Present): Promise<Appended | null> {
  const missing = new Map(events.filter(({ key }) => !present.byKey.has(key)).map((event) => [event.key, event]));
  for (const event of events.toReversed()) if (missing.has(event.key)) missing.set(event.key, event); // the first of equals
  const links = linkTo(present.tip, run, [...missing.values()], sha256);
  if (links.length > 0 && (await writeLinks(client, run, present.tip, links)) !== 'written') return null;
  const byKey = new Map([...present.byKey, ...links.map(({ event }) => [event.key, event] as const)]);
  return { stored: events.flatMap(({ key }) => byKey.get(key) ?? []), tip: tipAfter(present.tip, links) };
}

async function appendAlone(pool: Pool, append: Append): Promise<Appended> {
  const client = await pool.connect();
  let broken = true; // until the transaction has ended, whatever is thrown
  try {
    const done = await inTransaction(client, () => appendWithin(client, append));
    broken = false;
    return done;
  } finally {
    client.release(broken);
  }
}

async function inTransaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('begin isolation level read committed');
  const result = await work();
  await client.query('commit');
  return result;
}

async function presentIn(client: ClientBase | Pool, { run, events, sha256 }: Append): Promise<Present> {
  const { rows } = await client.query<{ head: string; events: number; text: string | null; run_seq: number; prev: string; hash: string }>({
    name: 'jidoka-present',
    text: `select r.head, r.events, e.text, e.run_seq, e.prev, e.hash
             from jidoka.run r left join jidoka.event e on e.run = r.run and e.key = any($2::text[]) where r.run = $1`,
    values: [run, events.map(({ key }) => key)],
  });
  const found = rows.filter((row): row is typeof row & StoredRow => row.text !== null).map(storedEvent);
  return { tip: rows[0] ?? firstTip(run, sha256), byKey: new Map(found.map((event) => [event.key, event])) };
}
