import { sql, type Kysely } from 'kysely';

/** Who may ask from afar. Of a token only its sha256 is kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jidoka.credential (
      name text collate "C" primary key,
      kind text not null check (kind in ('person', 'agent')),
      roles text[] not null,
      hash text collate "C" not null unique,
      since timestamptz not null default now(),
      check (kind = 'person' or not '*' = any(roles))
    )`.execute(db);
}
