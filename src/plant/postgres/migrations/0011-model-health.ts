import { sql, type Kysely } from 'kysely';

/** Upstreams that some gateway left alone, with who found it so and until when, by the clock of this database. Every gateway hears of a change. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jidoka.model_health (
      at text collate "C" primary key,
      until timestamptz not null,
      why text not null check (why in ('failed', 'rests', 'cut')),
      opened integer not null,
      by text not null,
      since timestamptz not null default now(),
      probe_until timestamptz,
      probe_by text
    )`.execute(db);
  await sql`
    create function jidoka.tell_model_health() returns trigger language plpgsql as $$
    begin
      perform pg_notify('jidoka_model_health', '');
      return null;
    end $$`.execute(db);
  await sql`
    create trigger model_health_told after insert or update or delete on jidoka.model_health
    for each statement execute function jidoka.tell_model_health()`.execute(db);
}
