import type { Feed } from '../../core/ports/feed.ts';
import { Bell } from './bell.ts';
import { beginning, comparePlaces, cursorOf, noCursor, parseCursor, type Place } from './cursor.ts';
import type { LedgerDatabase } from './ledger.ts';
import { storedEvent, type StoredRow } from './tip.ts';

/** What the feed needs of a database that has our schema. */
export interface FeedDatabase extends LedgerDatabase {
  /** Hears the notices of a channel until closed. Without it the feed looks for itself every 2 s. */
  listen?(channel: string, onNotice: () => void): Promise<{ close(): Promise<void> }>;
}

/** A feed that hears of new events until it is closed. */
export interface OpenFeed extends Feed {
  close(): Promise<void>;
}

/**
 * Opens the feed of all events in a database.
 *
 * @example
 * const feed = openFeed(database);
 * for (let cursor = await feed.end(); !signal.aborted; await feed.wait(30_000, signal)) {
 *   const page = await feed.after(cursor, { limit: 100 });
 *   for (const { event } of page.events) console.log(event.body.type);
 *   cursor = page.cursor;
 * }
 */
export function openFeed(database: FeedDatabase): OpenFeed {
  const ear = new Ear(database);
  const end = async (): Promise<Place> => {
    const { rows } = await database.attempt((pool) => pool.query<Place>(selectEnd));
    return rows[0] ?? beginning;
  };
  return {
    async after(cursor, { limit, run }) {
      const from = cursor === null ? beginning : parseCursor(cursor);
      const to = await end();
      const ahead = comparePlaces(from, to);
      if (ahead > 0) throw noCursor(cursorOf(from), 'it lies behind the last event');
      const rows = ahead === 0 ? [] : await eventsBetween(database, { from, to, limit, run });
      const events = rows.map((row) => ({ cursor: cursorOf(row), event: storedEvent(row) }));
      const last = events.length < limit ? cursorOf(to) : (events.at(-1)?.cursor ?? cursorOf(from));
      return { events, cursor: last };
    },
    end: async () => cursorOf(await end()),
    async wait(maxMs, signal) {
      ear.open();
      await ear.bell.wait(maxMs, signal);
    },
    close: () => ear.close(),
  };
}

/**
 * The last event of which it is sure that no other will come before it. A transaction that is still open may yet write
 * events that are numbered like itself, or later, but none numbered before: so all is settled before the oldest that
 * is open. A larger `seq` proves nothing, a slower transaction commits smaller ones later. In older epochs all is
 * settled. The last event and not the limit itself is the end, because after a crash of the server numbers of
 * transactions that left nothing behind are given anew.
 */
const selectEnd = `
  select epoch, xid, seq from jidoka.event
   where (epoch, xid) < (jidoka.epoch(), pg_snapshot_xmin(pg_current_snapshot()))
   order by epoch desc, xid desc, seq desc limit 1`;

interface Span {
  readonly from: Place;
  readonly to: Place;
  readonly limit: number;
  readonly run: string | undefined;
}

/**
 * Between two settled places nothing changes any more, so that this need not be of one snapshot with the end. Planned
 * anew each time, as the end is: a plan kept from when there were few events would read all of them.
 */
async function eventsBetween(database: LedgerDatabase, { from, to, limit, run }: Span): Promise<readonly (Place & StoredRow)[]> {
  const text = `
    select epoch, xid, seq, text, run_seq, prev, hash from jidoka.event
     where ${run === undefined ? '' : 'run = $8 and '}(epoch, xid, seq) > ($1, $2, $3) and (epoch, xid, seq) <= ($4, $5, $6)
     order by epoch, xid, seq limit $7`;
  const values = [from.epoch, from.xid, from.seq, to.epoch, to.xid, to.seq, limit, ...(run === undefined ? [] : [run])];
  return (await database.attempt((pool) => pool.query<Place & StoredRow>(text, values))).rows;
}

/** Listens for new events from the first wait on. */
class Ear {
  readonly bell = new Bell();
  readonly #database: FeedDatabase;
  #listening: Promise<{ close(): Promise<void> } | null> | null = null;
  #isClosed = false;

  constructor(database: FeedDatabase) {
    this.#database = database;
  }

  /** Does not wait for it: until it listens, and where it cannot, the waits are short enough. */
  open(): void {
    if (this.#isClosed) return;
    this.#listening ??= this.#listen();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const listening = await this.#listening;
    await listening?.close();
    this.bell.ring();
  }

  async #listen(): Promise<{ close(): Promise<void> } | null> {
    try {
      const listening = (await this.#database.listen?.('jidoka_event', this.bell.ring)) ?? null;
      this.bell.ring(); // something may have come before it listened
      return listening;
    } catch {
      this.#listening = null; // the next wait tries again; whoever reads meets the fault itself
      return null;
    }
  }
}
