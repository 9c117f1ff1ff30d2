import { createHash } from 'node:crypto';
import { JidokaError } from '../../../core/base/error.ts';
import type { CallFilter, CallLedger, Spend, SpendBy } from '../../../core/ports/gateway/call-ledger.ts';
import { type CallRecord, keptCall } from './kept-call.ts';
import type { StoreDatabase } from './store-database.ts';

/** Reads the calls that gateways took down in a database. */
export function ledgerCalls(database: Pick<StoreDatabase, 'attempt' | 'isLive'>): CallLedger {
  const ask = <Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    database.attempt(async (pool) => (await pool.query<Row>(text, [...values])).rows);
  const deadAmong = async (holders: ReadonlySet<string>): Promise<ReadonlySet<string>> => {
    const found = await Promise.all([...holders].map(async (holder) => ((await database.isLive(holder)) ? [] : [holder])));
    return new Set(found.flat());
  };
  return {
    async calls({ limit, ...filter }) {
      const rows = await ask<CallRecord>(`select * from (${everyCall}) every where ${filtered} order by at, id limit $7`, [
        ...valuesOf(filter),
        limit,
      ]);
      const dead = await deadAmong(new Set(rows.flatMap(({ holder }) => holder ?? [])));
      return rows.map((row) => keptCall(row, row.holder === null || !dead.has(row.holder)));
    },
    async said(id) {
      const [row] = await ask<SaidRow>(selectSaid, [id]);
      if (row === undefined) return null;
      const wanted = [...new Set([...row.request, ...(row.answer === null ? [] : [row.answer])])];
      const rows = await ask<{ sha256: string; bytes: Buffer }>('select sha256, bytes from jidoka.blob where sha256 = any($1)', [wanted]);
      const found = new Map(rows.map(({ sha256, bytes }) => [sha256, bytes]));
      if (row.purged !== null && wanted.some((sha256) => !found.has(sha256))) throw removed(id, row.purged);
      const textOf = (sha256: string): string => checked(id, sha256, found.get(sha256));
      return { request: row.request.map(textOf).join(''), answer: row.answer === null ? '' : textOf(row.answer) };
    },
    async spend(by, filter = {}) {
      const names = by.map((name, at) => `${columns[name]} as n${at}`);
      const groups = by.map((_, at) => `n${at}`);
      const text = `
        select ${[...names, sums].join(', ')} from (${everyCall}) every where model is not null and ${filtered}
        ${groups.length === 0 ? '' : `group by ${groups.join(', ')}`} having count(*) > 0
        order by ${['sum(cost) desc nulls last', 'count(*) desc', ...groups].join(', ')}`;
      return (await ask<SpendRecord>(text, valuesOf(filter))).map((row) => spendOf(row, by));
    },
  };
}

/** Whether ended or open: where the end of one is written, the note of it is taken away in the same statement. */
const everyCall = `
  select c.*, null::text as holder from jidoka.model_call c union all select o.* from jidoka.model_call_open o`;

interface SaidRow {
  readonly request: readonly string[];
  readonly answer: string | null;
  /** Who removed bodies of its time, and when; null where nobody did. */
  readonly purged: string | null;
}

const selectSaid = `
  select request, answer, (
      select by || to_char(p.at at time zone 'UTC', '", "YYYY-MM-DD HH24:MI" UTC"') from jidoka.model_purge p where p.before > c.at order by p.seq limit 1
    ) as purged from (${everyCall}) c where id = $1`;

function removed(id: string, purged: string): JidokaError {
  return new JidokaError('evidence-invalid', `What was said in call ${id} was removed, by ${purged}.`, {
    mend: 'What it came to is still on record: jidoka gateway spend.',
  });
}

function checked(id: string, sha256: string, bytes: Buffer | undefined): string {
  const mend = 'The database was changed by somebody else than jidoka; what is left of the call is in its row.';
  if (bytes === undefined) throw new JidokaError('evidence-invalid', `A part of call ${id} is gone: no blob named ${sha256}.`, { mend });
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (hash !== sha256)
    throw new JidokaError('evidence-invalid', `A part of call ${id} was changed: the sha256 of ${sha256} is ${hash}.`, { mend });
  return bytes.toString('utf8');
}

const filtered = `($1::text is null or run = $1) and ($2::text is null or stage = $2) and ($3::text is null or station = $3)
  and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5)
  and ($6::integer is null or status = $6)`;

function valuesOf({ run, stage, station, since, until, status }: CallFilter): readonly unknown[] {
  return [run ?? null, stage ?? null, station ?? null, since ?? null, until ?? null, status ?? null];
}

const columns: Readonly<Record<SpendBy, string>> = {
  line: 'line',
  fleet: 'fleet',
  run: 'run',
  stage: 'stage',
  station: 'station',
  slot: 'slot',
  model: 'model',
  provider: 'provider',
  day: `to_char(at at time zone 'UTC', 'YYYY-MM-DD')`,
};

const sums = `
  count(*) as calls, sum(input) as input, sum(cache_read) as "cacheRead", sum(cache_write_5m) as "cacheWrite5m",
  sum(cache_write_1h) as "cacheWrite1h", sum(output) as output, sum(reasoning) as reasoning, coalesce(sum(cost), 0) as cost,
  count(*) filter (where cost is null) as "unpricedCalls", min(price_as_of) as "asOf", coalesce(sum(saved), 0) as saved,
  count(*) filter (where is_estimated) as "estimatedCalls"`;

/** Sums of the database are text: they may be greater than a number is exact. */
type SpendRecord = Readonly<Record<string, string | null>>;

function spendOf(row: SpendRecord, by: readonly SpendBy[]): Spend {
  const count = (name: string): number => Number(row[name] ?? 0);
  return {
    of: Object.fromEntries(by.map((name, at) => [name, row[`n${at}`] ?? null])),
    calls: count('calls'),
    usage: {
      input: count('input'),
      cacheRead: count('cacheRead'),
      cacheWrite5m: count('cacheWrite5m'),
      cacheWrite1h: count('cacheWrite1h'),
      output: count('output'),
      reasoning: count('reasoning'),
    },
    cost: { microUsd: count('cost'), unpricedCalls: count('unpricedCalls'), asOf: row['asOf'] ?? null },
    saved: count('saved'),
    estimatedCalls: count('estimatedCalls'),
  };
}
