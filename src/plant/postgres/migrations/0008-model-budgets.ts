import { sql, type Kysely } from 'kysely';

/**
 * What each model budget has given out. The account is a document, as core/gateway/budget has it: its open entries are the
 * slices of gateway processes. `run` is whose budget it is, where it ends with a run.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jidoka.model_account (
      key text collate "C" primary key,
      run text collate "C",
      account jsonb not null,
      at timestamptz not null default now()
    )`.execute(db);
}
