import type { FedEvent, Feed, FeedOptions } from '../../core/ports/feed.ts';

export interface EventStreamOrder {
  readonly feed: Feed;
  /** Behind which event to begin; null for the first ever. */
  readonly cursor: string | null;
  readonly options: FeedOptions;
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
}

/** How long a browser waits before it comes back. */
const retryMs = 1000;
const heartbeatMs = 15_000;
/** The feed is looked at so often even when nobody said that there is news. */
const lookMs = 5000;

/**
 * The feed as text/event-stream, one page at a time: the next is read when somebody takes it, so that a slow client
 * costs one page. Every piece that moves the cursor on carries it as an id, also where there is no event to tell:
 * whoever was cut off before the first one goes on from there.
 */
export async function* eventStream(order: EventStreamOrder): AsyncGenerator<string> {
  const { feed, cursor, options, signal, nowMs = () => performance.now() } = order;
  let spokeMs = nowMs();
  // Asked for before the look, so that what comes between the two is not slept over.
  let news = nextNews(feed, signal);
  yield `retry: ${retryMs}\n${cursor === null ? '' : `id: ${cursor}\n`}\n`;
  for (let at = cursor; !signal.aborted;) {
    const page = await feed.after(at, options);
    at = page.cursor;
    if (page.events.length > 0) {
      yield page.events.map(message).join('');
      spokeMs = nowMs();
      continue;
    }
    if (nowMs() - spokeMs >= heartbeatMs) {
      yield `: heartbeat\nid: ${at}\n\n`;
      spokeMs = nowMs();
    }
    await news;
    news = nextNews(feed, signal);
  }
}

function nextNews(feed: Feed, signal: AbortSignal): Promise<void> {
  const news = feed.wait(lookMs, signal);
  // A fault of it is told where it is waited for, which may be later than it happens.
  news.catch(() => {});
  return news;
}

function message({ cursor, event }: FedEvent): string {
  return `id: ${cursor}\nevent: ${event.body.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
