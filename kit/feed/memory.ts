import { JidokaError } from '../../src/core/base/error.ts';
import type { FedEvent, Feed } from '../../src/core/ports/feed.ts';
import type { MemoryLedger } from '../ledger/index.ts';

/**
 * Makes the feed of a ledger in memory; it passes the same conformance suite as the real one.
 *
 * @example
 * const feed = memoryFeed(ledger);
 * const { events, cursor } = await feed.after(null, { limit: 10 });
 */
export function memoryFeed(ledger: MemoryLedger): Feed {
  const wakers = new Set<() => void>();
  ledger.onMore(() => {
    for (const wake of wakers) wake();
  });
  return {
    async after(cursor, { limit, run }) {
      const from = cursor === null ? 0 : placeOf(cursor, ledger);
      const behind = ledger.log.slice(from).map((event, index): FedEvent => ({ event, cursor: String(from + index + 1) }));
      const events = behind.filter(({ event }) => run === undefined || event.run === run).slice(0, limit);
      const last = events.length < limit ? String(ledger.log.length) : (events.at(-1)?.cursor ?? String(from));
      return { events, cursor: last };
    },
    end: async () => String(ledger.log.length),
    wait: (maxMs, signal) => waitAmong(wakers, maxMs, signal),
  };
}

function placeOf(cursor: string, { log }: MemoryLedger): number {
  const place = /^\d{1,9}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (place <= log.length) return place;
  throw new JidokaError('usage', `${JSON.stringify(cursor)} is no cursor of this feed.`, { mend: 'Give one that came with an event.' });
}

/** What came between two waits is not rung again: nobody waits for longer than this. */
const longestMs = 50;

async function waitAmong(wakers: Set<() => void>, maxMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      wakers.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.min(maxMs, longestMs));
    wakers.add(wake);
    signal.addEventListener('abort', wake);
  });
}
