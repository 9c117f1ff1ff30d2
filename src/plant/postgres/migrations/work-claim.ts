/** Taking steps, one taker at a time, so that no limit is ever passed. */
export const claim = [
  // The order of due steps is that of an index; what is blocked is passed over by one look into \`blocked\` each. Every key of
  // a step that is about to be taken is then counted exactly, those taken just before included. Steps of a failed work are
  // put aside when they are met.
  `create function jidoka.claim(me text, queues text[], mine text[], rooms integer[], roots jsonb) returns json
   language plpgsql set enable_sort = off set enable_seqscan = off set enable_bitmapscan = off as $$
   declare
     at timestamptz;
     caps jsonb;
     used jsonb;
     blocked jsonb;
     places integer;
     found_step record;
     full_key text;
     new_token uuid;
     tokens uuid[] := '{}';
   begin
     perform pg_advisory_xact_lock(hashtextextended('jidoka claim', 77));
     at := clock_timestamp();
     update jidoka.step set state = 'due' where (work, id) in (
       select work, id from jidoka.step where state = 'later' and due_at <= at for update skip locked
     );
     caps := jidoka.caps();
     used := jidoka.used(at);
     blocked := jidoka.blocked(caps, used);
     for of_lane in 1..3 loop
       places := rooms[of_lane];
       continue when places <= 0;
       for found_step in
         select s.work, s.id, s.keys from jidoka.step s
          where s.state = 'due' and s.lane = of_lane and (of_lane = 1 or queues is null or s.queue = any (queues))
            and s.labels <@ mine and not blocked ?| s.keys and (roots is null or roots ?| s.lineage)
          order by s.priority, s.due_at, s.seq
       loop
         continue when blocked ?| found_step.keys;
         select key into full_key from unnest(found_step.keys) key where (coalesce((used ->> key)::integer, 0)) >= jidoka.cap(caps, key);
         if found then
           blocked := blocked || jsonb_build_object(full_key, true);
           continue;
         end if;
         new_token := jidoka.take(me, found_step.work, found_step.id, at);
         continue when new_token is null;
         tokens := tokens || new_token;
         used := used || coalesce((
           select jsonb_object_agg(key, coalesce((used ->> key)::integer, 0) + 1)
             from unnest(found_step.keys) key where left(key, 2) in ('s ', 'r ')
         ), '{}');
         places := places - 1;
         exit when places = 0;
       end loop;
     end loop;
     return json_build_object('tokens', tokens, 'nextMs', jidoka.next_ms(at, caps, used));
   end $$`,

  // Null where somebody has the step just now, or where its work has failed.
  `create function jidoka.take(me text, w text, s text, as_of timestamptz) returns uuid language plpgsql as $$
   declare new_token uuid;
   begin
     perform from jidoka.step where work = w and id = s and state = 'due' for update skip locked;
     if not found then return null; end if;
     if (select state from jidoka.work where id = w) = 'failed' then
       update jidoka.step set state = 'halted' where work = w and id = s;
       return null;
     end if;
     update jidoka.step set state = 'held', token = gen_random_uuid(), executor = me, held_at = as_of where work = w and id = s
       returning token into new_token;
     insert into jidoka.start_log (key, at) select substr(key, 3), as_of from jidoka.step t, unnest(t.keys) key
       where t.work = w and t.id = s and left(key, 2) = 'r ';
     return new_token;
   end $$`,

  // Milliseconds until time alone may let a step through: the next that becomes due, or a rate that has room again.
  `create function jidoka.next_ms(as_of timestamptz, caps jsonb, used jsonb) returns double precision language sql stable as $$
    select extract(epoch from least(
      (select min(due_at) from jidoka.step where state = 'later'),
      (select min(again) from (
         select s.at + make_interval(secs => s.seconds) as again,
                row_number() over (partition by s.key order by s.at desc) as place, jidoka.cap(caps, 'r ' || s.key) as cap
           from jidoka.started(as_of) s
          where (used ->> ('r ' || s.key))::integer >= jidoka.cap(caps, 'r ' || s.key)
       ) starts where place = cap)
    ) - as_of) * 1000
  $$`,
];
