import pg from 'pg';
import { unavailable } from '../faults.ts';
import { quoted, type Table } from './tables.ts';

/**
 * What a database says of a move: `moving` and `moved` away from it, or `received` from another. `where` is the other
 * side, for people.
 */
export interface Mark {
  readonly kind: 'moving' | 'moved' | 'received';
  readonly id: string;
  readonly where: string;
}

/** Refuses to open a database whose factory is elsewhere by now; one quick read. Throws `database-unavailable`. */
export async function refuseMoved(database: {
  readonly where: string;
  attempt<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T>;
}): Promise<void> {
  const mark = await database.attempt(readMark);
  if (mark?.kind === 'moved')
    throw unavailable(
      `The factory at ${database.where} was moved to ${mark.where}.`,
      undefined,
      `Use that database: set JIDOKA_DATABASE_URL or --database to its URL, or unset them where it is jidoka's own.`,
    );
  if (mark?.kind === 'moving')
    throw unavailable(
      `The factory at ${database.where} is being moved to ${mark.where}, or that was cut short.`,
      undefined,
      'Wait for it; where it was cut short, run the same `jidoka db move` again: it finishes or begins anew.',
    );
}

/** Whether the factory of this database is on its way or gone; null where it is at home. */
export async function readMark(client: Pick<pg.PoolClient, 'query'>): Promise<Mark | null> {
  const { rows } = await client.query<{ name: string }>(
    `select name from jidoka.done_once where name like 'moved %' or name like 'moving %' order by name limit 1`,
  );
  const [kind, id = '', ...where] = rows[0]?.name.split(' ') ?? [];
  return kind === 'moved' || kind === 'moving' ? { kind, id, where: where.join(' ') } : null;
}

export async function setMark(client: pg.PoolClient, { kind, id, where }: Mark): Promise<void> {
  await client.query('insert into jidoka.done_once (name) values ($1)', [`${kind} ${id} ${where}`]);
}

export async function removeMarks(client: pg.PoolClient, kinds: readonly Mark['kind'][]): Promise<void> {
  await client.query(`delete from jidoka.done_once where split_part(name, ' ', 1) = any($1)`, [kinds]);
}

/** Whether a move has arrived at a target. */
export async function hasReceived(target: pg.PoolClient, id: string): Promise<boolean> {
  return (await target.query('select from jidoka.done_once where starts_with(name, $1)', [`received ${id} `])).rowCount === 1;
}

/** Has every further write fail with `why`, whoever has the database still open. */
export async function closeSource(source: pg.PoolClient, tables: readonly Table[], why: string): Promise<void> {
  await source.query(`
    create function jidoka.refuse_moved() returns trigger language plpgsql as $body$
    begin
      raise exception using message = ${pg.escapeLiteral(why)}, errcode = 'restrict_violation';
    end $body$`);
  for (const { name } of tables) {
    await source.query(`
      create trigger moved_away before insert or update or delete or truncate on ${quoted(name)}
      for each statement execute function jidoka.refuse_moved()`);
  }
}

/** Opens a database again to which its factory comes back. */
export async function reopen(target: pg.PoolClient): Promise<void> {
  await target.query('drop function if exists jidoka.refuse_moved() cascade');
  await removeMarks(target, ['moved', 'received']);
}
