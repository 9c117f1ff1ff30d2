import pg from 'pg';
import { openDatabase } from '../../src/plant/postgres/index.ts';

/** Sees every event the moment its transaction has ended, as another process. */
export interface LedgerWatch {
  /** Resolves with the run as soon as an event of this key is in the ledger that was not there when asked. */
  next(key: RegExp): Promise<string>;
  close(): Promise<void>;
}

interface Row {
  readonly seq: string;
  readonly run: string;
  readonly key: string;
}

/** Watches the ledger of a home; keeps its server running meanwhile. */
export async function watchLedger(home: string, env: Readonly<Record<string, string>>): Promise<LedgerWatch> {
  const database = await openDatabase({ home, url: null, binDir: process.env['JIDOKA_PG_BIN'] ?? null, env, log: () => {} });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const waiting = new Set<(row: Row) => void>();
  let seen = '0';
  const look = async (): Promise<void> => {
    const { rows } = await database.pool.query<Row>('select seq, run, key from jidoka.event where seq > $1 order by seq', [seen]);
    seen = rows.at(-1)?.seq ?? seen;
    for (const row of rows) for (const tell of waiting) tell(row);
  };
  let looking = look();
  client.on('notification', () => (looking = looking.then(look)));
  await client.query('listen jidoka_event');
  return {
    next: (key) =>
      new Promise((resolve) => {
        const tell = (row: Row): void => {
          if (!key.test(row.key)) return;
          waiting.delete(tell);
          resolve(row.run);
        };
        waiting.add(tell);
      }),
    close: async () => {
      await looking;
      await client.end();
      await database.close();
    },
  };
}
