import { sql, type Kysely } from 'kysely';

/**
 * What operators removed of the record of calls: all bodies, or whole calls, of runs that were decided, from before a time. It is
 * written before anything is removed, so that what is missing is explained wherever the removal stopped.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jidoka.model_purge (
      seq bigint generated always as identity primary key,
      what text not null check (what in ('bodies', 'calls')),
      before timestamptz not null,
      by text not null,
      at timestamptz not null default now()
    )`.execute(db);
}
