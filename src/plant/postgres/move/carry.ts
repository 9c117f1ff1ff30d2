import type pg from 'pg';
import { uploadBlobs } from './blobs.ts';
import { copyTable, setSequences } from './copy.ts';
import { refuseDifference, refuseStray, sameText } from './digest.ts';
import type { Ends } from './ends.ts';
import { reopen } from './mark.ts';
import { checkStandstill, refused } from './may-move.ts';
import { countRows, movedTables, quoted, type MovedTable, type Table } from './tables.ts';

export interface MoveOptions {
  readonly log: (message: string) => void;
  /** Folder of blobs that only this machine has, to be brought into the target; null where the target needs none. */
  readonly blobs: string | null;
}

/** Copies everything of one snapshot of the source into the target, and compares. Both sides are in a transaction of their own. */
export async function carry(ends: Ends, options: MoveOptions & { readonly isReturn: boolean }): Promise<readonly MovedTable[]> {
  const { source, target } = ends;
  const tables = await standStill(ends);
  for (const client of [source, target]) await client.query(sameText);
  const behind = options.isReturn ? await makeRoom(ends, tables) : '0';
  for (const table of tables) {
    options.log(`copying ${table.name}`);
    await copyTable(ends, table, table.isAppendOnly ? behind : null);
  }
  await setSequences(ends, tables);
  await raiseEpoch(ends);
  for (const table of tables) await refuseDifference(ends, table);
  await checkHeads(target);
  if (options.blobs !== null) await uploadBlobs(target, options.blobs, options.log);
  return countRows(target, tables);
}

async function standStill(ends: Ends): Promise<readonly Table[]> {
  const tables = await movedTables(ends.target);
  await lockTables(ends.source, tables);
  await checkStandstill(ends);
  return tables;
}

/** Keeps everybody from writing until the end. Locks take no snapshot: the one of the next statement has all that was written. */
export async function lockTables(source: pg.PoolClient, tables: readonly Table[]): Promise<void> {
  await source.query(`set local lock_timeout = '5s'`);
  await source.query(`lock table ${tables.map(({ name }) => quoted(name)).join(', ')} in exclusive mode`);
}

/**
 * Makes room for a factory that comes back to where it was before. Events are append-only, so those that were left
 * here stay, and only what came since is copied; all else is taken anew. Gives the number of the last event that stays.
 */
async function makeRoom(ends: Ends, tables: readonly Table[]): Promise<string> {
  const { target } = ends;
  await refuseStray({ ...ends, source: target, target: ends.source }, tables);
  await reopen(target);
  const { rows } = await target.query<{ last: string }>('select coalesce(max(seq), 0)::text as last from jidoka.event');
  const others = tables.filter(({ isAppendOnly }) => !isAppendOnly);
  await target.query(`truncate ${others.map(({ name }) => quoted(name)).join(', ')}`);
  return rows[0]?.last ?? '0';
}

/** Transactions of the target are numbered anew; what is written from now on comes behind all that was moved. */
async function raiseEpoch({ source, target }: Ends): Promise<void> {
  const { rows } = await source.query<{ epoch: number }>('select jidoka.epoch() as epoch');
  await target.query(`alter table jidoka.event alter column epoch set default ${Number(rows[0]?.epoch ?? 0) + 1}`);
}

/** The head of each run is that of its last event. */
async function checkHeads(target: pg.PoolClient): Promise<void> {
  const { rows } = await target.query<{ run: string }>(`
    select r.run from jidoka.run r
      left join lateral (select hash, run_seq from jidoka.event e where e.run = r.run order by run_seq desc limit 1) last on true
     where last.hash is distinct from r.head or last.run_seq is distinct from r.events limit 1`);
  if (rows[0] !== undefined)
    throw refused(`The chain of run ${rows[0].run} does not end where its head says.`, `Look at it with: jidoka show ${rows[0].run}`);
}
