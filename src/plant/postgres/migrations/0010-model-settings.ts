import { sql, type Kysely } from 'kysely';

/**
 * What operators set while model gateways run, with who and when, kept when it is over; and the names that each running gateway knows.
 * Of one slot, and of one thing taken away, one setting is in force.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jidoka.model_setting (
      seq bigint generated always as identity primary key,
      kind text not null check (kind in ('swap', 'provider', 'vendor', 'region', 'model')),
      name text collate "C" not null,
      filling text collate "C",
      until timestamptz,
      by text not null,
      at timestamptz not null default now(),
      ended_at timestamptz,
      ended_by text,
      check ((kind = 'swap') = (filling is not null))
    )`.execute(db);
  await sql`create unique index model_setting_standing on jidoka.model_setting (kind, name) where ended_at is null`.execute(db);
  await sql`
    create function jidoka.set_model(kind text, name text, filling text, until timestamptz, by text, at timestamptz)
    returns void language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(hashtextextended('jidoka model setting', 0));
      update jidoka.model_setting s set ended_at = set_model.at, ended_by = set_model.by
       where s.kind = set_model.kind and s.name = set_model.name and s.ended_at is null;
      insert into jidoka.model_setting (kind, name, filling, until, by, at) values (kind, name, filling, until, by, at);
    end $$`.execute(db);
  await sql`
    create function jidoka.tell_model_setting() returns trigger language plpgsql as $$
    begin
      perform pg_notify('jidoka_model_setting', '');
      return null;
    end $$`.execute(db);
  await sql`
    create trigger model_setting_told after insert or update on jidoka.model_setting
    for each statement execute function jidoka.tell_model_setting()`.execute(db);
  await sql`
    create table jidoka.model_gateway (
      executor text collate "C" primary key,
      names jsonb not null,
      since timestamptz not null default now()
    )`.execute(db);
}
