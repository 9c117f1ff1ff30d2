import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import type { Ends } from './ends.ts';
import { quoted, type Table } from './tables.ts';

/** Streams a table's rows from one side to the other; with `behind` only those numbered above it. */
export async function copyTable({ source, target }: Ends, table: Table, behind: string | null): Promise<void> {
  const copy = await import('pg-copy-streams'); // only here: most processes never move anything
  const columns = table.columns.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
  const rows = `select ${columns} from ${quoted(table.name)}${behind === null ? '' : ` where seq > ${BigInt(behind)} order by seq`}`;
  await pipeline(
    source.query(copy.to(`copy (${rows}) to stdout`)),
    target.query(copy.from(`copy ${quoted(table.name)} (${columns}) from stdin`)),
  );
}

/** Has the target go on counting where the source stopped. */
export async function setSequences({ source, target }: Ends, tables: readonly Table[]): Promise<void> {
  for (const { name, columns } of tables) {
    for (const column of columns.filter(({ isIdentity }) => isIdentity)) {
      const { rows } = await source.query<{ sequence: string }>(selectSequence, [quoted(name), column.name]);
      const sequence = rows[0]?.sequence ?? '';
      const stand = await source.query<{ last: string; used: boolean }>(`select last_value as last, is_called as used from ${sequence}`);
      const { last = '1', used = false } = stand.rows[0] ?? {};
      await target.query(`select setval(pg_get_serial_sequence($1, $2), $3, $4)`, [quoted(name), column.name, last, used]);
    }
  }
}

const selectSequence = 'select pg_get_serial_sequence($1, $2) as sequence';
