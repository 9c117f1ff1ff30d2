import { sql, type Kysely } from 'kysely';

/**
 * Every call of a model that a gateway took down. Rows are added and never changed. Bodies are blobs: `request` names their parts in
 * order, `answer` is one. Costs are millionths of a US dollar; null is a price that nobody knows, which is not nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jidoka.model_call (
      id text collate "C" primary key,
      at timestamptz not null,
      line text collate "C" not null,
      fleet text collate "C",
      run text collate "C" not null,
      stage text collate "C",
      station text collate "C" not null,
      key text collate "C" not null,
      protocol text not null,
      slot text collate "C" not null,
      model text collate "C",
      provider text collate "C",
      upstream text collate "C",
      input bigint not null,
      cache_read bigint not null,
      cache_write_5m bigint not null,
      cache_write_1h bigint not null,
      output bigint not null,
      reasoning bigint not null,
      is_estimated boolean not null,
      cost bigint,
      price_as_of text collate "C",
      saved bigint,
      ended text not null,
      ms double precision not null,
      tries jsonb not null,
      path text not null,
      headers jsonb not null,
      request text[] not null,
      status integer not null,
      answer_headers jsonb not null,
      answer text,
      pieces jsonb not null,
      bytes_dropped bigint not null,
      dropped integer not null
    )`.execute(db);
  await sql`create index model_call_of_run on jidoka.model_call (run, at)`.execute(db);
  await sql`create index model_call_newest on jidoka.model_call (at)`.execute(db);
  await sql`
    create function jidoka.refuse_change_of_call() returns trigger language plpgsql as $$
    begin
      raise exception 'calls of models are never changed' using errcode = 'restrict_violation';
    end $$`.execute(db);
  await sql`
    create trigger model_call_fixed before update on jidoka.model_call
    for each statement execute function jidoka.refuse_change_of_call()`.execute(db);
}
