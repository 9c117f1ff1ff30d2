import type pg from 'pg';

/** A table of the factory, as one side has it. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Rows are never changed nor taken away; they are numbered by `seq`. */
  readonly isAppendOnly: boolean;
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly isIdentity: boolean;
}

export interface MovedTable {
  readonly table: string;
  readonly rows: number;
}

/** What belongs to a database and not to the factory in it: its migrations, its processes, its marks. */
const left: readonly string[] = ['migration', 'migration_lock', 'executor', 'done_once', 'model_gateway', 'model_health'];

/** All tables that move, those that others refer to first. Columns that the server computes do not move. */
export async function movedTables(client: pg.PoolClient): Promise<readonly Table[]> {
  const { rows } = await client.query<Table & { readonly refersTo: readonly string[] }>(selectTables, [left]);
  const tables = [...rows];
  const ordered: Table[] = [];
  while (tables.length > 0) {
    const waits = (name: string): boolean => tables.some((table) => table.name === name);
    const index = tables.findIndex(({ name, refersTo }) => !refersTo.some((other) => other !== name && waits(other)));
    ordered.push(...tables.splice(Math.max(index, 0), 1).map(({ name, columns, isAppendOnly }) => ({ name, columns, isAppendOnly })));
  }
  return ordered;
}

const selectTables = `
  select c.relname as name, c.relname = 'event' as "isAppendOnly",
    (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'isIdentity', a.attidentity <> '') order by a.attname)
       from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    (select coalesce(json_agg(f.relname), '[]') from pg_constraint k join pg_class f on f.oid = k.confrelid
      where k.conrelid = c.oid and k.contype = 'f') as "refersTo"
    from pg_class c
   where c.relnamespace = 'jidoka'::regnamespace and c.relkind = 'r' and not c.relname = any($1::text[])
   order by c.relname`;

/** How many rows each table has. */
export async function countRows(client: pg.PoolClient, tables: readonly Table[]): Promise<readonly MovedTable[]> {
  const counted: MovedTable[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ rows: string }>(`select count(*) as rows from ${quoted(name)}`);
    counted.push({ table: name, rows: Number(rows[0]?.rows ?? 0) });
  }
  return counted;
}

/** The name of a table in a statement. */
export function quoted(table: string): string {
  return `jidoka."${table.replaceAll('"', '""')}"`;
}
