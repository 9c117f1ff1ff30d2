import pg from 'pg';
import type { Ends } from './ends.ts';
import { refused } from './may-move.ts';
import { quoted, type Table } from './tables.ts';

/** Throws `move-refused` where the two sides of a table are not the same rows. */
export async function refuseDifference({ source, target }: Pick<Ends, 'source' | 'target'>, table: Table): Promise<void> {
  const [left, right] = [await digestOf(source, table), await digestOf(target, table)];
  if (left.rows === right.rows && left.digest === right.digest) return;
  throw refused(
    `The copy of jidoka.${table.name} is not what was copied: ${right.rows} rows, and ${left.rows} at the source.`,
    'Nothing was moved. Name an empty database with --to.',
  );
}

/**
 * Throws `move-refused` where what was left at one place, `source`, has events that the factory did not take along to
 * the other: somebody wrote to it after the factory had moved on.
 */
export async function refuseStray({ source, target }: Pick<Ends, 'source' | 'target'>, tables: readonly Table[]): Promise<void> {
  for (const client of [source, target]) await client.query(sameText);
  for (const table of tables.filter(({ isAppendOnly }) => isAppendOnly)) {
    const { rows } = await source.query<{ last: string }>(`select coalesce(max(seq), 0)::text as last from ${quoted(table.name)}`);
    const last = rows[0]?.last ?? '0';
    const [left, right] = [await digestOf(source, table, last), await digestOf(target, table, last)];
    if (left.rows === right.rows && left.digest === right.digest) continue;
    throw refused(
      `The place the factory had left holds events that it did not take along: ${left.rows} in jidoka.${table.name}, and ${right.rows} of them moved.`,
      'Nothing was changed. Look at both with `jidoka runs --database URL`, and go on with a database that is empty.',
    );
  }
}

/** Has both sides write values as the same text, whatever they were set to, until the end of the transaction. */
export const sameText = `set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres';
  set local bytea_output = 'hex'; set local extra_float_digits = 1; set local client_encoding = 'UTF8'`;

interface TableDigest {
  readonly rows: string;
  readonly digest: string;
}

/**
 * Count of the rows and sum of their hashes: the same in whatever order they lie, and never more than one row in
 * memory. With `upTo` of the rows numbered up to it.
 */
async function digestOf(client: pg.PoolClient, table: Table, upTo: string | null = null): Promise<TableDigest> {
  const values = table.columns.map(({ name, type }) =>
    type === 'bytea' ? `md5(${pg.escapeIdentifier(name)})` : pg.escapeIdentifier(name),
  );
  const { rows } = await client.query<TableDigest>(`
    select count(*)::text as rows, coalesce(sum(('x' || left(hash, 15))::bit(60)::bigint), 0)::text as digest
      from (select md5(row(${values.join(', ')})::text) as hash from ${quoted(table.name)}
             ${upTo === null ? '' : `where seq <= ${BigInt(upTo)}`}) hashed`);
  return rows[0] ?? { rows: '0', digest: '0' };
}
