/** How processes see that others live, and take over from those that do not. */
export const beatAndReap = [
  // One more beat of this process's, its own tokens, and the others that hold something or whose session lock is free.
  // A beat that a crash forgets is no loss: nothing waits for the disk.
  `create function jidoka.beat(me text) returns json language plpgsql as $$
   declare known boolean;
   begin
     perform set_config('synchronous_commit', 'off', true);
     update jidoka.executor set beat = beat + 1 where id = me;
     known := found;
     return json_build_object(
       'known', known,
       'tokens', (select coalesce(json_agg(token), '[]') from jidoka.step where state = 'held' and executor = me),
       'others', (select coalesce(json_agg(o), '[]') from jidoka.executor_state o where o.id <> me and (o.holds > 0 or not o.locked))
     );
   end $$`,

  `create view jidoka.executor_state as
    with locks as materialized (
      select (classid::bigint << 32) | objid::bigint as key from pg_locks
       where locktype = 'advisory' and objsubid = 1 and granted and database = (select oid from pg_database where datname = current_database())
    ), held as (
      select executor as id, count(*)::integer as holds from jidoka.step where state = 'held' group by executor
    )
    select id, coalesce(e.beat, 0) as beat, coalesce(e.machine, '') as machine, coalesce(e.pid, 0) as pid, coalesce(e.life, '') as life,
           coalesce(h.holds, 0) as holds, exists (select from locks where locks.key = hashtextextended(id, 77)) as locked
      from jidoka.executor e full join held h using (id)`,

  // Puts back what a process held: a dead one, whose lock is free, or one whose beat is still as it was seen.
  `create function jidoka.reap(me text, dead text, seen bigint) returns bigint language plpgsql as $$
   declare taken bigint;
   begin
     if seen is null then
       if not pg_try_advisory_xact_lock(hashtextextended(dead, 77)) then return 0; end if;
     else
       perform from jidoka.executor where id = dead and beat = seen for update;
       if not found then return 0; end if;
     end if;
     update jidoka.step set state = 'due', token = null, executor = null, held_at = null, reclaims = reclaims + 1, lost = lost || dead
      where (work, id) in (select work, id from jidoka.step where state = 'held' and executor = dead for update skip locked);
     get diagnostics taken = row_count;
     if seen is null then
       delete from jidoka.executor where id = dead and not exists (select from jidoka.step where state = 'held' and executor = dead);
     end if;
     if taken > 0 then perform jidoka.tell(me, 'gone'); end if;
     return taken;
   end $$`,

  `create function jidoka.prune_starts() returns void language sql as $$
    delete from jidoka.start_log
     where at < now() - make_interval(secs => greatest(3600, (select max(rate_seconds) from jidoka.work_limit)))
  $$`,
];
