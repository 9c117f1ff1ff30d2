import { randomUUID } from 'node:crypto';
import { isJidokaError } from '../../../core/base/error.ts';
import type { Database } from '../database.ts';
import { databaseFault } from '../faults.ts';
import { carry, lockTables, type MoveOptions } from './carry.ts';
import { refuseStray } from './digest.ts';
import { withEnds, type Ends } from './ends.ts';
import { closeSource, removeMarks, setMark } from './mark.ts';
import { checkPlaces, checkStandstill, refused } from './may-move.ts';
import { countRows, movedTables, type MovedTable } from './tables.ts';

/**
 * Moves the whole factory to another database: all of it, or nothing. Both sides are compared row by row before it
 * counts. The source is left as it is, but marked and closed, so that whoever still opens it or writes to it fails.
 * A move that was killed is finished or begun anew by the next one to the same target. Throws `move-refused` with why,
 * `disk-full` or `database-unavailable`.
 */
export async function moveData(from: Database, to: Database, options: MoveOptions): Promise<readonly MovedTable[]> {
  const moving = withEnds(from, to, async (ends) => {
    const { isReturn, arrived } = await checkPlaces(ends);
    if (arrived !== null) return finish(ends, arrived);
    await checkStandstill(ends);
    const id = randomUUID();
    await removeMarks(ends.source, ['moving']);
    await setMark(ends.source, { kind: 'moving', id, where: to.where });
    return move(ends, id, { ...options, isReturn });
  });
  return moving.catch((error: unknown) => {
    throw moveFault(error, `${from.where} or ${to.where}`);
  });
}

/**
 * Two databases cannot commit as one. So the source says first that a move is under way, the target says in its own
 * transaction that it has arrived, and the source is closed last: wherever this is killed, the next move can tell.
 */
async function move(ends: Ends, id: string, options: MoveOptions & { readonly isReturn: boolean }): Promise<readonly MovedTable[]> {
  const { from, source, target } = ends;
  let mayHaveArrived = false;
  try {
    await source.query('begin isolation level repeatable read');
    await target.query('begin');
    const moved = await carry(ends, options);
    await setMark(target, { kind: 'received', id, where: from.where });
    mayHaveArrived = true;
    await target.query('commit');
    await close(ends, id);
    await source.query('commit');
    return moved;
  } catch (error) {
    for (const client of [target, source]) await client.query('rollback').catch(ignore);
    if (!mayHaveArrived) await removeMarks(source, ['moving']).catch(ignore);
    throw error;
  }
}

/** Closes the source of a move that had arrived when it was killed, unless it was written to since. */
async function finish(ends: Ends, id: string): Promise<readonly MovedTable[]> {
  const { source, target } = ends;
  const tables = await movedTables(source);
  await source.query('begin isolation level repeatable read');
  await target.query('begin');
  await lockTables(source, tables);
  await refuseStray(ends, tables);
  await close(ends, id);
  await source.query('commit');
  return countRows(target, tables);
}

async function close({ source, from, to }: Ends, id: string): Promise<void> {
  await removeMarks(source, ['moving', 'received']);
  await setMark(source, { kind: 'moved', id, where: to.where });
  await closeSource(source, await movedTables(source), `The factory at ${from.where} was moved to ${to.where}.`);
}

function moveFault(error: unknown, where: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const isBusy = !isJidokaError(error) && (code === '55P03' || code === '40P01');
  if (!isBusy) return databaseFault(error, where);
  return refused('Somebody writes to the factory and does not stop.', 'Stop the daemon and every worker first: jidoka down', error);
}

function ignore(): void {}
