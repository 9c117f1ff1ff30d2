import type { FedEvent, Feed } from '../../core/ports/feed.ts';

const pageSize = 500;
/** Nothing new may be told for this long without anybody looking, in milliseconds. */
const longestWaitMs = 5_000;

/** Gives the events behind a cursor, and then each as it comes, until the signal is aborted. None is lost or doubled. */
export async function* follow(feed: Feed, cursor: string | null, signal: AbortSignal): AsyncGenerator<FedEvent, void> {
  let behind = cursor;
  while (!signal.aborted) {
    const page = await feed.after(behind, { limit: pageSize });
    behind = page.cursor;
    for (const fed of page.events) {
      yield fed;
      if (signal.aborted) return;
    }
    if (page.events.length === 0) await feed.wait(longestWaitMs, signal);
  }
}
