import { createHash } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { parseDigest, parseRunId, type RunId, type Sha256 } from '../../core/base/ids.ts';
import type { LedgerEvent, NewEvent } from '../../core/evidence/event.ts';
import { factoryChain, type Ledger, type RunFilter, type RunRow } from '../../core/ports/ledger.ts';
import type { Tx } from '../../core/ports/tx.ts';
import { appendEvents, appendWithin } from './append-events.ts';
import { queryJson, redactBody } from './event-body.ts';
import { selectOpenGates } from './open-gates.ts';
import { storedEvent, type StoredRow, type Tip } from './tip.ts';

/** What the ledger needs of a database that has our schema. */
export interface LedgerDatabase {
  /** Does work that may be done twice, again after a lost connection; turns outages into faults. */
  attempt<T>(work: (pool: Pool) => Promise<T>): Promise<T>;
}

/** Tips that one process remembers: more runs than it ever works on at once. */
const tipsKept = 500;

/**
 * Opens the ledger in a database. `redact` is applied to every string of a body before it is hashed and stored.
 *
 * @example
 * const ledger = openLedger(database, redact);
 * await ledger.append(run, [{ key: 'plan', at: clock.now(), actor: 'mechanic', body }]);
 */
export function openLedger(database: LedgerDatabase, redact: (text: string) => string = (text) => text): Ledger {
  const tips = new Map<RunId, Tip>();
  const sha256: Sha256 = (content) => parseDigest(createHash('sha256').update(content).digest('hex'));
  const ask = <Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    database.attempt(async (pool) => (await pool.query<Row>(text, [...values])).rows);

  return {
    async append(run, events, tx) {
      if (events.length === 0 && tx === undefined) return [];
      const append = { run, events: events.map((event): NewEvent => redactBody(event, redact)), sha256 };
      const known = tips.get(run) ?? null;
      tips.delete(run); // an append that fails, or whose transaction may, leaves the tip unknown
      if (tx !== undefined) return (await appendWithin(clientOf(tx), append)).stored;
      const { stored, tip } = await appendEvents(database, append, known);
      remember(tips, run, tip);
      return stored;
    },
    async read(run, tx) {
      const ofRun = `${selectEvent} where run = $1 order by run_seq`;
      const rows = tx === undefined ? await ask<StoredRow>(ofRun, [run]) : (await clientOf(tx).query<StoredRow>(ofRun, [run])).rows;
      return rows.map(storedEvent);
    },
    async find(run, key) {
      return first(await ask<StoredRow>(`${selectEvent} where run = $1 and key = $2`, [run, key]));
    },
    async runs(filter = {}) {
      const rows = await ask<RunRecord>(selectRuns, [
        filter.line ?? null,
        filter.prefix ?? '',
        filter.limit ?? null,
      ] satisfies RunsArguments);
      return rows.map(({ run, ...row }): RunRow => ({ run: parseRunId(run), ...row }));
    },
    async latest(type, match) {
      return first(
        await ask<StoredRow>(`${selectEvent} where type = $1 and body @> $2::jsonb order by seq desc limit 1`, [type, queryJson(match)]),
      );
    },
    async openGates({ run } = {}) {
      return (await ask<StoredRow>(selectOpenGates, [run ?? null])).map(storedEvent);
    },
  };
}

const selectEvent = 'select text, run_seq, prev, hash from jidoka.event';
const selectRuns = `
  select run, first_at as "startedAt", last_at as "lastAt", events, head from jidoka.run
   where ($1::text is null or line = $1) and starts_with(run, $2) and run <> '${factoryChain}' order by ordinal desc limit $3`;
type RunsArguments = readonly [line: string | null, prefix: string, limit: RunFilter['limit'] | null];
type RunRecord = Omit<RunRow, 'run'> & { readonly run: string };

/** A Tx of the machines on PostgreSQL is a client with a transaction open. */
function clientOf(tx: Tx): ClientBase {
  return tx as unknown as ClientBase;
}

function first(rows: readonly StoredRow[]): LedgerEvent | null {
  return rows[0] === undefined ? null : storedEvent(rows[0]);
}

function remember(tips: Map<RunId, Tip>, run: RunId, tip: Tip): void {
  tips.set(run, tip);
  const [oldest] = tips.keys();
  if (tips.size > tipsKept && oldest !== undefined) tips.delete(oldest);
}
