import { sql, type Kysely } from 'kysely';

/** What the feed and the list of open gates need of the event log. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await order(db);
  await notice(db);
  await openGates(db);
}

/**
 * Events are fed in the order of (epoch, xid, seq). `xid` is at least that of the transaction that wrote the event, and
 * never less than that of the event before it in its run. Moving the database to another server, whose transactions
 * are numbered anew, raises the default of `epoch`.
 */
async function order(db: Kysely<unknown>): Promise<void> {
  await sql`alter table jidoka.event add column epoch integer not null default 0`.execute(db);
  await sql`create index event_feed on jidoka.event (epoch, xid, seq)`.execute(db);
  await sql`create index event_feed_of_run on jidoka.event (run, epoch, xid, seq)`.execute(db);
  await sql`
    create function jidoka.epoch() returns integer language plpgsql stable as $$
    begin
      return (select pg_get_expr(adbin, adrelid)::integer
                from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
               where adrelid = 'jidoka.event'::regclass and attname = 'epoch');
    end $$`.execute(db);
}

/** One notice for each statement, not for each row: sending them takes a lock at commit. */
async function notice(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function jidoka.tell_event() returns trigger language plpgsql as $$
    begin
      perform pg_notify('jidoka_event', '');
      return null;
    end $$`.execute(db);
  await sql`
    create trigger event_told after insert on jidoka.event
    for each statement execute function jidoka.tell_event()`.execute(db);
}

/** Open gates are looked for only in runs that are not decided, and there only among what opens and closes gates. */
async function openGates(db: Kysely<unknown>): Promise<void> {
  await sql`alter table jidoka.run add column decided boolean not null default false`.execute(db);
  await sql`
    update jidoka.run set decided = true
     where exists (select from jidoka.event e where e.run = jidoka.run.run and e.type = 'verdict.decided')`.execute(db);
  await sql`create index run_undecided on jidoka.run (run) where not decided`.execute(db);
  await sql`
    create index event_gate on jidoka.event (run, type)
     where type in ('gate.opened', 'gate.answered', 'gate.expired', 'rework.ordered', 'stage.forgone', 'stage.completed',
                    'run.cancelled')`.execute(db);
}
