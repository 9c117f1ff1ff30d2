import { sql, type Kysely } from 'kysely';

/** The event log: append-only, one chain per run, with the chain's tip beside it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // `ordinal` is the order in which runs began; `head` and `events` are where the chain goes on.
  await sql`
    create table jidoka.run (
      run text collate "C" primary key,
      ordinal bigint generated always as identity,
      line text not null,
      first_at text not null,
      last_at text not null,
      events integer not null,
      head text not null
    )`.execute(db);
  await sql`create index run_newest on jidoka.run (ordinal desc)`.execute(db);

  // `text` is what the hash covers, verbatim; `body` is a copy for queries. Readers of the feed pass over rows whose
  // xid may still be in flight, because a slower transaction commits a lower seq later.
  await sql`
    create table jidoka.event (
      seq bigint generated always as identity primary key,
      xid xid8 not null default pg_current_xact_id(),
      run text collate "C" not null,
      run_seq integer not null,
      key text collate "C" not null,
      type text collate "C" not null,
      at text collate "C" not null,
      actor text not null,
      text text not null,
      body jsonb not null,
      prev text not null,
      hash text not null,
      constraint event_key unique (run, key),
      constraint event_place unique (run, run_seq)
    )`.execute(db);
  await sql`create index event_type on jidoka.event (type, seq desc)`.execute(db);
  await appendOnly(db);
}

async function appendOnly(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function jidoka.refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'jidoka.event is append-only: % refused', tg_op using errcode = 'restrict_violation';
    end $$`.execute(db);
  await sql`
    create trigger event_append_only before update or delete or truncate on jidoka.event
    for each statement execute function jidoka.refuse_change()`.execute(db);
}
