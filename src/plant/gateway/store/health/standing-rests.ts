import type { UpstreamRest } from '../../../../core/ports/gateway/upstream-health.ts';
import type { StoreDatabase } from '../store-database.ts';

interface RestRow {
  readonly at: string;
  readonly until: Date;
  readonly why: UpstreamRest['why'];
  readonly by: string;
  readonly since: Date;
  readonly tried: boolean;
}

/** Upstreams that some gateway left alone, and that nobody found well again. */
export async function standingRests(database: Pick<StoreDatabase, 'attempt'>): Promise<readonly UpstreamRest[]> {
  const { rows } = await database.attempt((pool) => pool.query<RestRow>(selectRests));
  return rows.map(({ until, since, ...row }) => ({ ...row, until: until.toISOString(), since: since.toISOString() }));
}

const selectRests = `
  select at, until, why, by, since, until <= now() and coalesce(probe_until > now(), false) as tried from jidoka.model_health order by at`;
