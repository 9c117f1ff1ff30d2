/** Statements that change something answer with `changed`, and tell the processes that serve within the same statement. */
function telling(change: string): string {
  return `with changes as (${change} returning 1) select count(*) > 0 as changed, count(jidoka.tell('', 'put')) from changes`;
}

export const selectLimits = `
  select key, at_once as "atOnce", rate_count as "rateCount", rate_seconds as "rateSeconds", by from jidoka.work_limit order by key`;

/** An operator's limit is not replaced by a line's. */
export const putLimit = telling(`
  insert into jidoka.work_limit as there (key, by, at_once, rate_count, rate_seconds) values ($1, $2, $3, $4, $5)
  on conflict (key) do update
    set by = excluded.by, at_once = excluded.at_once, rate_count = excluded.rate_count, rate_seconds = excluded.rate_seconds
    where (excluded.by = 'operator' or there.by = 'line')
      and (there.by, there.at_once, there.rate_count, there.rate_seconds)
          is distinct from (excluded.by, excluded.at_once, excluded.rate_count, excluded.rate_seconds)`);

export const removeLimit = telling(`delete from jidoka.work_limit where key = $1 and ($2 = 'operator' or by = 'line')`);

export const selectPauses = `select scope, why, by, at from jidoka.pause order by at, scope`;
export const putPause = telling(`insert into jidoka.pause (scope, why, by, at) values ($1, $2, $3, $4) on conflict (scope) do nothing`);
export const liftPause = telling(`delete from jidoka.pause where scope = $1`);

export const selectReviews = `
  select id, run, line, what, since from jidoka.review
   where closed_at is null and ($1::text is null or line = $1) order by since, id`;
export const putReview = telling(`insert into jidoka.review (id, run, line, what) values ($1, $2, $3, $4) on conflict (id) do nothing`);
export const closeReview = telling(`
  update jidoka.review set closed_at = clock_timestamp(), closed_by = $2 where id = $1 and closed_at is null`);

/** A limit for each of a kind is shown by the keys under it that have something taken. */
export const selectUsage = `
  with used as (select key, value::integer as taken from jsonb_each_text(jidoka.used(clock_timestamp()))),
       caps as (select jidoka.caps() as caps),
       keys as (
         select key from jidoka.work_limit where right(key, 2) <> ':*'
         union
         select substr(key, 3) from used, caps where caps ? (split_part(key, ':', 1) || ':*')
       )
  select key,
         coalesce((select taken from used where used.key in ('s ' || keys.key, 'v ' || keys.key)), 0) as taken,
         coalesce((select taken from used where used.key = 'r ' || keys.key), 0) as started
    from keys order by key`;

export const selectWorks = `
  select id from jidoka.work
   where ($1::text is null or kind = $1) and ($2::boolean is null or (state <> 'ended') = $2) order by ordinal desc limit $3`;

export const retryWork = `select jidoka.retry_work($1) as changed`;
