import type { Rest } from '../../../../core/ports/gateway/upstream-health.ts';
import type { StoreDatabase } from '../store-database.ts';

/** The table of upstreams that are left alone. */
export interface HealthTable {
  read(): Promise<ReadonlyMap<string, Rest>>;
  /** Writes rests, and takes away those that this process was to try and found well. */
  write(rests: readonly Rest[], well: readonly string[]): Promise<void>;
  /** Takes it upon this process to try an upstream whose rest is over; false where another does. Of one that nobody knows ill, true. */
  claim(at: string): Promise<boolean>;
}

/** `holder` is this process. All times are those of the database. */
export function healthTable(database: Pick<StoreDatabase, 'attempt'>, holder: string): HealthTable {
  return {
    async read() {
      const { rows } = await database.attempt((pool) => pool.query<Rest>(selectRests));
      return new Map(rows.map((rest) => [rest.at, rest]));
    },
    async write(rests, well) {
      const columns = [rests.map(({ at }) => at), rests.map(({ until }) => until), rests.map(({ why }) => why)];
      const values = [...columns, rests.map(({ opened }) => opened), rests.map(({ by }) => by)];
      if (rests.length > 0) await database.attempt((pool) => pool.query(putRests, values));
      if (well.length > 0) await database.attempt((pool) => pool.query(deleteWell, [well, holder]));
    },
    async claim(at) {
      const { rows } = await database.attempt((pool) => pool.query<{ mine: boolean }>(claimProbe, [at, holder]));
      return rows[0]?.mine ?? true;
    },
  };
}

const selectRests = `
  select at, (extract(epoch from until) * 1000)::float8 as until, why, opened, by,
         (extract(epoch from probe_until) * 1000)::float8 as "probeUntil"
    from jidoka.model_health order by at`;
// In one order, so that two gateways that lose the same provider do not wait for each other.
const putRests = `
  insert into jidoka.model_health as known (at, until, why, opened, by)
  select at, to_timestamp(until / 1000), why, opened, by
    from unnest($1::text[], $2::float8[], $3::text[], $4::integer[], $5::text[]) given (at, until, why, opened, by) order by at
  on conflict (at) do update
    set until = greatest(known.until, excluded.until), why = excluded.why, opened = excluded.opened, by = excluded.by,
        since = excluded.since, probe_until = null, probe_by = null`;
const deleteWell = 'delete from jidoka.model_health where at = any($1) and probe_by = $2';
// A gateway that is a moment ahead is not sent away: nobody else would try.
const claimProbe = `
  with claimed as (
    update jidoka.model_health set probe_until = clock_timestamp() + interval '60 seconds', probe_by = $2
     where at = $1 and until <= clock_timestamp() + interval '1 second' and (probe_until is null or probe_until <= clock_timestamp())
    returning at
  )
  select exists (select from claimed) or not exists (select from jidoka.model_health where at = $1) as mine`;
