/**
 * What limits allow and what of it is taken, by the keys of steps. One that has a limit of its own is not under that of
 * its kind, also where its own says nothing of slots or of rates: such a key is there with null.
 */
export const limits = [
  `create function jidoka.caps() returns jsonb language sql stable as $$
    select coalesce(jsonb_object_agg(key, cap), '{}') from (
      select case when starts_with(key, 'review:') then 'v ' else 's ' end || key as key, at_once as cap from jidoka.work_limit
      union all
      select 'r ' || key, rate_count from jidoka.work_limit
    ) of_keys
  $$`,

  `create function jidoka.cap(caps jsonb, key text) returns integer language sql immutable as $$
    select (case when caps ? key then caps ->> key else caps ->> (split_part(key, ':', 1) || ':*') end)::integer
  $$`,

  // Starts count from when the rate of their key allows them again; keys without a rate are left out.
  `create function jidoka.started(as_of timestamptz) returns table (key text, at timestamptz, seconds double precision)
   language sql stable as $$
    select l.key, l.at, k.rate_seconds
      from jidoka.work_limit k
      join jidoka.start_log l on case
             when right(k.key, 2) <> ':*' then l.key = k.key
             else starts_with(l.key, left(k.key, -1)) and not exists (select from jidoka.work_limit own where own.key = l.key)
           end
     where k.rate_seconds is not null and l.at > as_of - make_interval(secs => k.rate_seconds)
  $$`,

  `create function jidoka.used(as_of timestamptz) returns jsonb language sql stable as $$
    select coalesce(jsonb_object_agg(key, taken), '{}') from (
      select key, count(*) as taken from jidoka.step, unnest(keys) key where state = 'held' and starts_with(key, 's ') group by key
      union all
      select 'v review:' || line, count(*) from jidoka.review where closed_at is null group by line
      union all
      select 'r ' || key, count(*) from jidoka.started(as_of) group by key
    ) of_keys
  $$`,

  // Keys that let nothing through: full limits, limits of nothing, and pauses.
  `create function jidoka.blocked(caps jsonb, used jsonb) returns jsonb language sql stable as $$
    select coalesce(jsonb_object_agg(key, true), '{}') from (
      select key from jsonb_each_text(used) where value::integer >= jidoka.cap(caps, key)
      union
      select key from jsonb_each_text(caps) where value::integer = 0
      union
      select 'p ' || scope from jidoka.pause
    ) of_keys
  $$`,
];
