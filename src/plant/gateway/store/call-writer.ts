import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { CallRow } from './call-row.ts';

/** Writes rows of calls over a connection of its own, which it makes anew where it is lost. */
export interface CallWriter {
  /** Returns when it is connected, or could not be for now. */
  open(): Promise<void>;
  /**
   * Returns when rows are kept, and tells why not of those that the database does not take. While it cannot be reached this tries
   * again, until `isOver` says that nobody waits for it any more.
   */
  write(rows: readonly CallRow[], isOver: () => boolean): Promise<readonly string[]>;
  close(): Promise<void>;
}

const retryMs = 250;

/** `url` is that of a database with our schema; it may hold a password. */
export function callWriter(url: string): CallWriter {
  let client: pg.Client | null = null;
  // Calls that are noted in the database as open.
  const noted = new Set<string>();
  const drop = async (): Promise<void> => {
    const lost = client;
    client = null;
    await lost?.end().catch(() => undefined);
  };
  const connected = async (): Promise<pg.Client> => {
    if (client !== null) return client;
    const made = new pg.Client({
      connectionString: url,
      application_name: 'jidoka-calls',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    // One that is lost shows with the next statement.
    made.on('error', () => undefined);
    await made.connect();
    client = made;
    return made;
  };
  const writeOnce = async (rows: readonly CallRow[]): Promise<void> => {
    const now = await connected();
    // In one order, so that two gateways with the same parts do not wait for each other.
    const blobs = new Map(
      rows.flatMap((row) => row.blobs.map(({ sha256, text }) => [sha256, text] as const)).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
    const bytes = [...blobs.values()].map((text) => Buffer.from(text));
    const ended = rows.filter(({ isOpen }) => !isOpen);
    const over = new Set(ended.map(({ id }) => id));
    // What was noted of one and the same call last.
    const open = [...new Map(rows.filter(({ id, isOpen }) => isOpen && !over.has(id)).map((row) => [row.id, row])).values()];
    const closed = [...over].filter((id) => noted.has(id));
    const values = [[...blobs.keys()], bytes, listOf(ended)];
    if (open.length + closed.length === 0) await now.query(insertCalls, values);
    else await now.query(insertAndNote, [...values, closed, listOf(open)]);
    for (const { id } of open) noted.add(id);
    for (const id of closed) noted.delete(id);
  };
  const write: CallWriter['write'] = async (rows, isOver) => {
    for (;;) {
      try {
        await writeOnce(rows);
        return [];
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        // One row that the database does not take keeps no other from being kept.
        if (isObjection(error) && rows.length === 1) return [why];
        if (isObjection(error)) return (await inTurn(rows, (row) => write([row], isOver))).flat();
        await drop();
        if (isOver()) return rows.map(() => why);
        await pause(retryMs);
      }
    }
  };
  const open = async (): Promise<void> => void (await connected().catch(() => undefined));
  return { open, write, close: drop };
}

function listOf(rows: readonly CallRow[]): string {
  return `[${rows.map(({ json }) => json).join(',')}]`;
}

/** Whether the database itself objects, so that trying again helps nothing: not where it goes down, is full, or breaks a deadlock. */
function isObjection(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[0-9A-Z]{5}$/.test(code) && !/^(?:08|40|53|57|58)/.test(code) && !/^E[A-Z]{4}$/.test(code);
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

// A call whose answer was lost is written again, and is there once. What comes again is new again: a purge leaves it.
const keepBlobs = `
  with kept as (
    insert into jidoka.blob (sha256, bytes) select sha256, bytes from unnest($1::text[], $2::bytea[]) given (sha256, bytes)
    on conflict (sha256) do update set at = now() where blob.at < now() - interval '1 day'
  )`;
const keepCalls = `
  insert into jidoka.model_call select * from jsonb_populate_recordset(null::jidoka.model_call, $3::jsonb) on conflict (id) do nothing`;
const insertCalls = keepBlobs + keepCalls;
/** What changes of a call while it is open. */
const moving =
  'model provider upstream input cache_read cache_write_5m cache_write_1h output reasoning is_estimated cost price_as_of saved ms tries status answer_headers'.split(
    ' ',
  );
const insertAndNote = `${keepBlobs}, closed as (
    delete from jidoka.model_call_open where id = any($4::text[])
  ), noted as (
    insert into jidoka.model_call_open select * from jsonb_populate_recordset(null::jidoka.model_call_open, $5::jsonb)
    on conflict (id) do update set ${moving.map((column) => `${column} = excluded.${column}`).join(', ')}
  )${keepCalls}`;
