import type { Database } from '../../src/plant/postgres/index.ts';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';

/** Which run of a trial an event is of: the one that was asked for, or the part that it started under this title. */
export type Role = 'whole' | 'one' | 'two' | 'three';

/** Runs of a trial by their role. */
export type Cast = ReadonlyMap<string, Role>;

/** An instant after which the record holds more than before: the end of a transaction. */
export interface Boundary {
  readonly role: Role;
  /** Key of its last event, without what differs from run to run. */
  readonly key: string;
  readonly type: string;
  /** How many events it brought, over all runs of the trial. */
  readonly events: number;
}

/** The instants at which the events of some runs came to be, in the order of the feed. */
export async function boundariesOf(database: Database, cast: Cast): Promise<readonly Boundary[]> {
  const { rows } = await database.pool.query<{ run: string; type: string; keys: string[]; events: number }>(
    `select (array_agg(run order by seq desc))[1] as run, (array_agg(type order by seq desc))[1] as type, array_agg(key order by seq) as keys, count(*)::integer as events
       from jidoka.event where run = any ($1) group by epoch, xid order by epoch, xid`,
    [[...cast.keys()]],
  );
  return rows.flatMap(({ run, type, keys, events }) => {
    const role = cast.get(run);
    return role === undefined ? [] : [{ role, key: steadyKey(keys.at(-1) ?? '', cast), type, events }];
  });
}

/** A key without tokens and ids. */
export function steadyKey(key: string, cast: Cast): string {
  const named = [...cast].reduce((text, [run, role]) => text.replaceAll(run, role), key);
  const withoutTokens = named.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}(?=\/|$)/g, '*');
  // A workspace is named for its run and stage, and ends in what tells it from others.
  return withoutTokens.replaceAll(/-[0-9a-f]{8}(?=\/)/g, '-*');
}

export function isAt(boundary: Boundary, event: LedgerEvent, cast: Cast): boolean {
  return cast.get(event.run) === boundary.role && steadyKey(event.key, cast) === boundary.key;
}

export function boundaryName({ role, key }: Boundary): string {
  return `${role} ${key}`;
}
