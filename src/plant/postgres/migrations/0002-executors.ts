import { sql, type Kysely } from 'kysely';

/** Who works here, and what has been set up once beside our own tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A row is the address of an executor; that it lives is shown by its session lock, or by its process on the same machine.
  await sql`
    create table jidoka.executor (
      id text collate "C" primary key,
      machine text not null,
      pid integer not null,
      life text not null,
      since timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table jidoka.done_once (
      name text collate "C" primary key,
      at timestamptz not null default now()
    )`.execute(db);
}
