import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { JidokaError } from '../../../core/base/error.ts';
import type { Ends } from './ends.ts';
import { hasReceived, readMark } from './mark.ts';
import { countRows, movedTables } from './tables.ts';

const lockPatienceMs = 3_000;
const lockPollMs = 50;

/** What is known before anything is touched. */
interface Standing {
  /** The target was the factory's home before, and still has what was there then. */
  readonly isReturn: boolean;
  /** Id of a move that had arrived at the target when it was killed, or null. */
  readonly arrived: string | null;
}

/** Sees that the factory is at the source, that the target has room for it, and that nobody else moves it. Throws `move-refused`. */
export async function checkPlaces(ends: Ends): Promise<Standing> {
  const { source, target, to } = ends;
  await refuseSame(ends);
  for (const client of [source, target]) await lockMoves(client);
  await refuseOtherShape(ends);
  const [leaving, waiting] = [await readMark(source), await readMark(target)];
  if (leaving?.kind === 'moved')
    throw refused(`The factory was moved to ${leaving.where} before.`, 'Name that database with --database to move it from there.');
  if (leaving?.kind === 'moving' && leaving.where !== to.where)
    throw refused(
      `A move to ${leaving.where} was cut short, and may have arrived there.`,
      `Move it there first, then from there to ${to.where}.`,
    );
  if (leaving?.kind === 'moving' && (await hasReceived(target, leaving.id))) return { isReturn: false, arrived: leaving.id };
  if (waiting?.kind === 'moving')
    throw refused(`The factory at ${to.where} is itself being moved to ${waiting.where}.`, 'Finish that move first.');
  if (waiting === null) await refuseTaken(target, to.where);
  return { isReturn: waiting?.kind === 'moved', arrived: null };
}

/** Sees that no live process serves the source or has a step of it in hand. Throws `move-refused` with their names. */
export async function checkStandstill({ from, source }: Ends): Promise<void> {
  const { rows } = await source.query<{ id: string; name: string; host: string; pid: number | null }>(`
    select e.id, e.name, e.host, e.pid from jidoka.executor e
     where e.role <> 'idle' or exists (select from jidoka.step s where s.executor = e.id)
        or exists (select from jidoka.model_gateway g where g.executor = e.id) order by e.name, e.pid`);
  const live: string[] = [];
  for (const { id, name, host, pid } of rows)
    if (await from.isLive(id)) live.push(`${name || id} (process ${pid} on ${host || 'this machine'})`);
  if (live.length > 0)
    throw refused(`${live.join(', ')} still works here.`, 'Stop the daemon, every worker and every model gateway first: jidoka down');
}

/** The fault of a move that is not begun. */
export function refused(message: string, mend: string, cause?: unknown): JidokaError {
  return new JidokaError('move-refused', message, { mend, cause });
}

/** A lock that one side holds and the other cannot have is one in the same database, by whatever name it was reached. */
async function refuseSame({ source, target, to }: Ends): Promise<void> {
  const key = randomInt(2 ** 47);
  await source.query('select pg_advisory_lock($1)', [key]);
  const isOther = await tryLock(target, String(key));
  await source.query('select pg_advisory_unlock($1)', [key]);
  if (!isOther) throw refused(`${to.where} is where the factory is.`, 'Name another database with --to.');
}

/** The server may take a moment to see that the process which moved before is gone. */
async function lockMoves(client: pg.PoolClient): Promise<void> {
  const deadline = Date.now() + lockPatienceMs;
  while (!(await tryLock(client, `hashtextextended('jidoka move', 0)`))) {
    if (Date.now() > deadline)
      throw refused('Another move is under way.', 'Wait for it to end, then look where the factory is: jidoka doctor');
    await pause(lockPollMs);
  }
}

/** Held until the connection is closed. */
async function tryLock(client: pg.PoolClient, key: string): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(`select pg_try_advisory_lock(${key}) as got`);
  return rows[0]?.got === true;
}

async function refuseOtherShape({ source, target, to }: Ends): Promise<void> {
  const [left, right] = [JSON.stringify(await movedTables(source)), JSON.stringify(await movedTables(target))];
  if (left !== right)
    throw refused(
      `${to.where} has other tables than the source.`,
      'Bring both up to date with this version of jidoka, or name an empty database.',
    );
  const { rows } = await target.query<{ encoding: string }>(`select current_setting('server_encoding') as encoding`);
  if (rows[0]?.encoding !== 'UTF8')
    throw refused(
      `${to.where} stores text as ${rows[0]?.encoding}.`,
      `Make the database anew with: create database … encoding 'UTF8' template template0`,
    );
}

async function refuseTaken(target: pg.PoolClient, where: string): Promise<void> {
  const taken = (await countRows(target, await movedTables(target))).filter(({ rows }) => rows > 0);
  const what = taken.map(({ table, rows }) => `${table} (${rows})`).join(', ');
  if (taken.length > 0) throw refused(`${where} has a factory of its own: ${what}.`, 'Name an empty database with --to.');
}
