import { sql, type Kysely } from 'kysely';

/**
 * Calls of models that are under way for a second or longer, as far as they were seen, with whose they are. A row is changed while its
 * call goes on, and leaves with its end, which is a row of `model_call`; where the holder died, whoever tidies up moves it there.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table jidoka.model_call_open (like jidoka.model_call, primary key (id), holder text collate "C" not null)`.execute(db);
}
