import { JidokaError } from '../../src/core/base/error.ts';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import type { FedEvent, Feed, FeedOptions, FeedPage } from '../../src/core/ports/feed.ts';

/**
 * A feed that lives in this process; whoever plays the ledger pushes into it.
 *
 * @example
 * const feed = new MemoryFeed();
 * feed.push(event);
 * (await feed.after(null, { limit: 10 })).events.length; // 1
 */
export class MemoryFeed implements Feed {
  readonly #events: LedgerEvent[] = [];
  readonly #wakers = new Set<() => void>();

  push(event: LedgerEvent): void {
    this.#events.push(event);
    for (const wake of this.#wakers) wake();
  }

  /** How many wait for something new. */
  get waiting(): number {
    return this.#wakers.size;
  }

  async after(cursor: string | null, { limit, run }: FeedOptions): Promise<FeedPage> {
    const events: FedEvent[] = [];
    let position = this.#position(cursor);
    for (const event of this.#events.slice(position)) {
      if (events.length === limit) break;
      position += 1;
      if (run === undefined || event.run === run) events.push({ cursor: String(position), event });
    }
    return { events, cursor: String(position) };
  }

  async end(): Promise<string> {
    return String(this.#events.length);
  }

  async wait(maxMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#wakers.delete(wake);
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, maxMs);
      this.#wakers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #position(cursor: string | null): number {
    if (cursor === null) return 0;
    const position = /^\d{1,15}$/.test(cursor) ? Number(cursor) : Number.NaN;
    if (position <= this.#events.length) return position;
    throw new JidokaError('usage', `"${cursor}" is no cursor of this feed.`, { mend: 'Give one that came with an event, or none.' });
  }
}
