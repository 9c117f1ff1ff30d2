import { sql, type Kysely } from 'kysely';

/** Blobs that workers on several machines share, by the hash of their content. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jidoka.blob (
      sha256 text collate "C" primary key,
      bytes bytea not null,
      at timestamptz not null default now()
    )`.execute(db);
}
