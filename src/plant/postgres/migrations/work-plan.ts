/**
 * Changes to works and their steps. Each tells the processes that serve, by a notice that names its sender: a sender knows
 * by itself. 'gone' in it says that steps were taken out of somebody's hands.
 */
export const plan = [
  `create function jidoka.tell(me text, what text) returns void language sql as $$
    select pg_notify('jidoka_work', me || ' ' || what)
  $$`,

  `create function jidoka.submit(w text, kind text, line text, repository text, parent text, input json) returns boolean
   language plpgsql as $$
   declare above text[] := '{}';
   begin
     select lineage into above from jidoka.work where id = submit.parent;
     insert into jidoka.work (id, kind, line, repository, parent, lineage, input)
     values (w, submit.kind, submit.line, submit.repository, submit.parent, array[w] || coalesce(above, '{}'), submit.input)
     on conflict (id) do nothing;
     return found;
   end $$`,

  // A step that somebody takes away just now is still there for others: it is not put again. Gives the state of the work.
  `create function jidoka.plan(me text, w text, planned json) returns text language plpgsql as $$
   declare
     owner jidoka.work;
     withdrawn bigint;
     at timestamptz := clock_timestamp();
   begin
     select * into owner from jidoka.work where id = w for no key update;
     if not found then return 'unknown'; end if;
     with gone as (
       delete from jidoka.step where work = w and id not in (select value ->> 'id' from json_array_elements(planned)) returning state
     )
     select count(*) filter (where state = 'held') into withdrawn from gone;
     if withdrawn > 0 then perform jidoka.tell(me, 'gone'); end if;
     if owner.state = 'ended' then return 'ended'; end if;
     insert into jidoka.step
       (work, id, state, queue, lane, slots, rates, scopes, starts, keys, labels, lineage, priority, not_before, put_at, due_at)
     select w, id, case when "notBefore" > at then 'later' else 'due' end, queue,
            case queue when 'control' then 1 when 'requests' then 2 else 3 end, slots, rates, scopes, starts,
            jidoka.keys_of(queue, slots, rates, scopes, case when starts then owner.line end),
            labels, owner.lineage, priority, "notBefore", at, greatest("notBefore", at)
       from rows from (json_to_recordset(planned) as (id text, queue text, slots text[], rates text[], scopes text[], starts boolean,
              labels text[], priority integer, "notBefore" timestamptz)) with ordinality
            as s(id, queue, slots, rates, scopes, starts, labels, priority, "notBefore", place)
      where not exists (select from jidoka.step there where there.work = w and there.id = s.id)
      order by place
     on conflict do nothing;
     if found then perform jidoka.tell(me, 'put'); end if;
     return owner.state;
   end $$`,

  `create function jidoka.keys_of(queue text, slots text[], rates text[], scopes text[], starting text) returns text[]
   language sql immutable as $$
    select coalesce(array_agg(key), '{}') from (
      select 's ' || unnest(slots) as key where queue <> 'control'
      union select 'r ' || unnest(rates) where queue <> 'control'
      union select 'p ' || unnest(scopes)
      union select 'v review:' || starting where starting is not null
    ) of_keys
  $$`,

  `create function jidoka.end_work(me text, w text, result json) returns boolean language plpgsql as $$
   declare withdrawn bigint;
   begin
     perform from jidoka.work where id = w for no key update;
     if not found then return false; end if;
     update jidoka.work set state = 'ended', output = result, failure = '', ended_at = clock_timestamp() where id = w and state <> 'ended';
     with gone as (delete from jidoka.step where work = w returning state)
     select count(*) filter (where state = 'held') into withdrawn from gone;
     if withdrawn > 0 then perform jidoka.tell(me, 'gone'); end if;
     return true;
   end $$`,

  `create function jidoka.finish(me text, w text, s text, t uuid) returns boolean language plpgsql as $$
   begin
     delete from jidoka.step where work = w and id = s and token = t;
     if found then perform jidoka.tell(me, 'put'); end if;
     return found;
   end $$`,

  // A step goes back into its queue: at its old place, or at a time.
  `create function jidoka.give_back(me text, tokens uuid[], until timestamptz) returns bigint language plpgsql as $$
   declare given bigint;
   begin
     update jidoka.step
        set state = case when until > clock_timestamp() then 'later' else 'due' end, token = null, executor = null, held_at = null,
            not_before = coalesce(until, not_before), due_at = coalesce(until, due_at)
      where token = any (tokens) and executor = me;
     get diagnostics given = row_count;
     if given > 0 then perform jidoka.tell(me, 'put'); end if;
     return given;
   end $$`,

  `create function jidoka.fail_work(me text, w text, t uuid, why text) returns boolean language plpgsql as $$
   begin
     update jidoka.step set state = 'halted', token = null, executor = null, held_at = null where work = w and token = t;
     if not found then return false; end if;
     update jidoka.work set state = 'failed', failure = why where id = w and state = 'open';
     perform jidoka.tell(me, 'put');
     return true;
   end $$`,

  `create function jidoka.retry_work(w text) returns boolean language plpgsql as $$
   begin
     update jidoka.work set state = 'open', failure = '' where id = w and state = 'failed';
     if not found then return false; end if;
     update jidoka.step set state = 'later' where work = w and state = 'halted';
     perform jidoka.tell('', 'put');
     return true;
   end $$`,
];
