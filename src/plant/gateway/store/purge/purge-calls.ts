import type { PoolClient } from 'pg';
import type { Purge, Purged } from '../../../../core/ports/gateway/call-purge.ts';
import type { StoreDatabase } from '../store-database.ts';

/** So much goes with one statement: calls that come meanwhile wait for no more than that. */
const mostAtOnce = 1_000;

/**
 * Removes what is old of the record of calls, of runs that have ended. Bodies that evidence, or a call that stays, has a part in are
 * left. It may be killed anywhere: that things were removed is on record before the first is, and the next purge goes on where this one
 * stopped.
 */
export async function purgeCalls(database: Pick<StoreDatabase, 'attempt'>, { what, before, by }: Purge): Promise<Purged> {
  await database.attempt((pool) => pool.query(recordPurge, [what, before, by]));
  return database.attempt(async (pool) => {
    const client = await pool.connect();
    let broken = true; // until it has dropped its tables, whatever is thrown
    try {
      const purged = await purgeWith(client, what, before);
      broken = false;
      return purged;
    } finally {
      client.release(broken);
    }
  });
}

async function purgeWith(client: PoolClient, what: Purge['what'], before: string): Promise<Purged> {
  await client.query(dropTables);
  const { rows } = await client.query<{ open: string }>(countOpen, [before]);
  await client.query(keepReferred, [before]);
  await client.query(findGone, [before]);
  const [bodies, bytes] = await inBatches(client, deleteBodies, [mostAtOnce]);
  const [calls] = what === 'calls' ? await inBatches(client, deleteCalls, [mostAtOnce, before]) : [0];
  await client.query(dropTables);
  return { bodies, bytes, calls, open: Number(rows[0]?.open ?? 0) };
}

/** Each batch is a transaction of its own; how many rows went in all, and their bytes. */
async function inBatches(client: PoolClient, text: string, values: readonly unknown[]): Promise<readonly [number, number]> {
  let [count, bytes] = [0, 0];
  for (;;) {
    const { rows } = await client.query<{ found: string; count: string; bytes: string }>(text, [...values]);
    const [batch] = rows;
    if (batch === undefined || batch.found === '0') return [count, bytes];
    count += Number(batch.count);
    bytes += Number(batch.bytes);
  }
}

const recordPurge = 'insert into jidoka.model_purge (what, before, by) values ($1, $2, $3)';
const dropTables = 'drop table if exists pg_temp.purge_kept, pg_temp.purge_gone';

/** A run that the ledger does not know is none: a key of somebody's own. */
const isOpen = `
  exists (select from jidoka.run r where r.run = c.run)
  and not exists (select from jidoka.event e where e.run = c.run and e.type = 'run.ended')`;
const countOpen = `select count(*) as open from jidoka.model_call c where c.at < $1::timestamptz and ${isOpen}`;
const bodiesOf = 'unnest(c.request || case when c.answer is null then array[]::text[] else array[c.answer] end)';
const keepReferred = `
  create temp table purge_kept as
  select ${bodiesOf} as sha256 from jidoka.model_call c where c.at >= $1::timestamptz or (${isOpen})
  union select unnest(request) from jidoka.model_call_open
  union select found[1] from jidoka.event, regexp_matches(text, '[0-9a-f]{64}', 'g') found`;
const findGone = `
  create temp table purge_gone as
  select ${bodiesOf} as sha256 from jidoka.model_call c where c.at < $1::timestamptz and not (${isOpen})
  except select sha256 from purge_kept`;
// What was given again within two days may be on its way into evidence, or into a call that is not yet written.
const deleteBodies = `
  with batch as (
    delete from purge_gone where sha256 in (select sha256 from purge_gone order by sha256 limit $1) returning sha256
  ), gone as (
    delete from jidoka.blob b using batch where b.sha256 = batch.sha256 and b.at < now() - interval '2 days'
    returning octet_length(bytes) as bytes
  )
  select (select count(*) from batch) as found, count(*) as count, coalesce(sum(bytes), 0) as bytes from gone`;
const deleteCalls = `
  with gone as (
    delete from jidoka.model_call where id in (
      select c.id from jidoka.model_call c where c.at < $2::timestamptz and not (${isOpen}) order by c.at limit $1
    ) returning id
  )
  select count(*) as found, count(*) as count, 0 as bytes from gone`;
