/**
 * Events that opened a gate which still waits for its answer, oldest first; `$1` is a run, or null for all. What closes
 * a gate is what `fold` takes for it: its answer, its expiry, and whatever its stage or its run came to without it.
 */
export const selectOpenGates = `
  select o.text, o.run_seq, o.prev, o.hash
    from jidoka.run r
    join jidoka.event o on o.run = r.run and o.type = 'gate.opened',
    lateral (select jsonb_build_object('stage', o.body->'stage', 'attempt', o.body->'attempt')) as a (attempt)
   where not r.decided and ($1::text is null or r.run = $1)
     and not exists (
       select from jidoka.event c where c.run = o.run and (
         c.type in ('gate.answered', 'gate.expired') and c.run_seq > o.run_seq and c.body->'gate' = o.body->'gate'
         or c.type in ('stage.forgone', 'stage.completed') and c.body @> a.attempt
         or c.type = 'rework.ordered' and c.body->'voids' @> jsonb_build_array(a.attempt)
         or c.type = 'run.cancelled'))
   order by o.seq`;
