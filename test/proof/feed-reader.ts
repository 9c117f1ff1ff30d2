import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import { openFeed } from '../../src/plant/ledger/index.ts';
import { openDatabase, type DatabaseOptions } from '../../src/plant/postgres/index.ts';

/**
 * Follows the feed from its first event, and keeps nothing but the last cursor when it is begun again: whatever the feed
 * tells twice or not at all is to be seen in what it has read.
 */
export class FeedReader {
  /** Everything read, in the order read. */
  readonly read: LedgerEvent[] = [];
  restarts = 0;
  readonly #options: DatabaseOptions;
  readonly #waiting = new Set<() => void>();
  readonly #following: Promise<void>;
  #cursor: string | null = null;
  #life = new AbortController();
  #isClosed = false;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#following = this.#follow();
  }

  /** Lets go of the database and reads on from the cursor with a new connection. */
  restart(): void {
    this.restarts += 1;
    this.#life.abort();
  }

  /** The first event, read already or yet to come, that the question is true for; null where it takes too long. */
  async until(question: (event: LedgerEvent) => boolean, { from, withinMs }: { readonly from: number; readonly withinMs: number }) {
    const end = Date.now() + withinMs;
    for (let at = from; ;) {
      for (; at < this.read.length; at += 1) {
        const event = this.read[at];
        if (event !== undefined && question(event)) return event;
      }
      if (Date.now() >= end) return null;
      await this.#more(end - Date.now());
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#life.abort();
    await this.#following;
  }

  async #more(ms: number): Promise<void> {
    const timer = new AbortController();
    let wake = (): void => undefined;
    const told = new Promise<void>((resolve) => (wake = resolve));
    this.#waiting.add(wake);
    await Promise.race([told, pause(ms, null, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    this.#waiting.delete(wake);
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed) {
      this.#life = new AbortController();
      // A server that is just away is what this reader is there to outlast.
      await this.#liveOnce(this.#life.signal).catch(() => pause(100));
    }
  }

  async #liveOnce(signal: AbortSignal): Promise<void> {
    const database = await openDatabase(this.#options);
    const feed = openFeed(database);
    try {
      while (!signal.aborted) {
        const { events, cursor } = await feed.after(this.#cursor, { limit: 100 });
        this.read.push(...events.map(({ event }) => event));
        this.#cursor = cursor;
        if (events.length === 0) await feed.wait(1_000, signal);
        else this.#waiting.forEach((wake) => wake());
      }
    } finally {
      await feed.close();
      await database.close();
    }
  }
}
