import { sql, type Kysely } from 'kysely';

/** Virtual keys of the model gateway. Of a key only its sha256 is kept; those of a run go with it, and every gateway hears of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jidoka.model_key (
      digest text collate "C" primary key,
      run text collate "C" not null,
      stage text collate "C",
      expires_at bigint,
      "grant" jsonb not null,
      since timestamptz not null default now()
    )`.execute(db);
  await sql`create index model_key_of_run on jidoka.model_key (run)`.execute(db);
  await sql`
    create function jidoka.tell_model_key() returns trigger language plpgsql as $$
    begin
      if exists (select from gone) then perform pg_notify('jidoka_model_key', ''); end if;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger model_key_gone after delete on jidoka.model_key
    referencing old table as gone for each statement execute function jidoka.tell_model_key()`.execute(db);
}
