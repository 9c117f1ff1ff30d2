import type { ClientBase, Pool } from 'pg';
import type { RunId } from '../../core/base/ids.ts';
import { queryJson } from './event-body.ts';
import type { Link, Tip } from './tip.ts';

/** Moves the run's head from where the writer believes it to be, or does nothing. The row lock makes writers queue. */
const moveHead = `
  update jidoka.run set last_at = $4, events = $5, head = $6, line = coalesce(nullif($2, ''), line), decided = decided or $8
   where run = $1 and head = $7 and $3 <> '' returning run`;
const beginRun = `
  insert into jidoka.run (run, line, first_at, last_at, events, head, decided) select $1, $2, $3, $4, $5, $6, $8 where $7 <> ''
  on conflict (run) do nothing returning run`;
// No event comes before the one it follows in its run, though its transaction may have begun earlier. The epoch is no
// condition: a plan made while the table is small would look for it, and for nothing else, ever after.
const insertEvents = `
  insert into jidoka.event (xid, run, run_seq, key, type, at, actor, text, body, prev, hash)
  select greatest(pg_current_xact_id(), (
      select case when epoch = jidoka.epoch() then xid end from jidoka.event where run = $1 and run_seq = $9)),
    moved.run, e.*
    from moved, unnest($10::int[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
      $16::jsonb[], $17::text[], $18::text[]) as e`;

/** `moved`: another writer was quicker, the tip is stale. `taken`: one of the keys is already there. */
export type WriteOutcome = 'written' | 'moved' | 'taken';

/**
 * Appends links behind `tip` in one statement, which is one transaction and one round trip; nothing is stored
 * unless the tip still is the tip and every key is new.
 */
export async function writeLinks(client: ClientBase | Pool, run: RunId, tip: Tip, links: readonly Link[]): Promise<WriteOutcome> {
  const isNew = tip.events === 0;
  try {
    const result = await client.query({
      name: isNew ? 'jidoka-begin' : 'jidoka-append',
      text: `with moved as (${isNew ? beginRun : moveHead}) ${insertEvents}`,
      values: [...headOf(run, tip, links), tip.events, ...columnsOf(links)],
    });
    return result.rowCount === links.length ? 'written' : 'moved';
  } catch (error) {
    if (error instanceof Error && 'constraint' in error && error.constraint === 'event_key') return 'taken';
    throw error;
  }
}

function headOf(run: RunId, tip: Tip, links: readonly Link[]): readonly unknown[] {
  const [first, last] = [links[0]?.event, links.at(-1)?.event];
  const decides = links.some(({ event }) => event.body.type === 'verdict.decided');
  return [run, lineOf(links), first?.at, last?.at, last?.runSeq, last?.hash, tip.head, decides];
}

function lineOf(links: readonly Link[]): string {
  for (const { event } of links) if (event.body.type === 'run.started') return event.body.line.name;
  return '';
}

function columnsOf(links: readonly Link[]): readonly (readonly unknown[])[] {
  const column = (pick: (link: Link) => unknown): readonly unknown[] => links.map(pick);
  return [
    column(({ event }) => event.runSeq),
    column(({ event }) => event.key),
    column(({ event }) => event.body.type),
    column(({ event }) => event.at),
    column(({ event }) => event.actor),
    column(({ text }) => text),
    column(({ event }) => queryJson(event.body)),
    column(({ event }) => event.prev),
    column(({ event }) => event.hash),
  ];
}
