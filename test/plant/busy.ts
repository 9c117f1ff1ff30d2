import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import type { Factory } from '../../src/core/ports/factory.ts';

/** Every event there is, in the order of the feed. */
export async function allEvents({ feed }: Factory): Promise<readonly LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await feed.after(cursor, { limit: 1000 });
    if (page.events.length === 0) return events;
    events.push(...page.events.map(({ event }) => event));
    cursor = page.cursor;
  }
}

/** How many stages of some runs were at work at once, at most. */
export function mostAtOnce(events: readonly LedgerEvent[], counts: (event: LedgerEvent & { readonly stage: string }) => boolean): number {
  const busy = new Set<string>();
  let most = 0;
  for (const event of events) {
    const { body, run } = event;
    if (body.type === 'stage.completed') busy.delete(`${run} ${body.stage}`);
    if (body.type !== 'stage.started' || !counts({ ...event, stage: body.stage })) continue;
    busy.add(`${run} ${body.stage}`);
    most = Math.max(most, busy.size);
  }
  return most;
}
