import type { Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';
import type { Control } from '../../../core/ports/control.ts';
import type { Tx } from '../../../core/ports/tx.ts';
import { clientOf } from '../client.ts';
import type { EngineDatabase } from '../engine-database.ts';
import { checkLimit, checkScope } from './keys.ts';
import { limitOf, pauseOf, reviewOf, type LimitRow, type PauseRow, type ReviewRow } from './rows.ts';
import * as sql from './statements.ts';

/**
 * Opens what operators set while the factory runs. Every process that serves hears of a change at once.
 *
 * @example
 * const control = openControl(database);
 * await control.setLimit({ key: 'line:deps', atOnce: 2, rate: null, by: 'operator' });
 */
export function openControl(database: Pick<EngineDatabase, 'attempt'>): Control {
  const ask = <Row extends QueryResultRow>(text: string, values: readonly unknown[], tx?: Tx): Promise<QueryResult<Row>> =>
    tx === undefined ? database.attempt((pool) => query<Row>(pool, text, values)) : query<Row>(clientOf(tx), text, values);
  const changes = async (text: string, values: readonly unknown[], tx?: Tx): Promise<boolean> =>
    (await ask<{ changed: boolean }>(text, values, tx)).rows[0]?.changed === true;

  return {
    limits: async () => (await ask<LimitRow>(sql.selectLimits, [])).rows.map(limitOf),
    async setLimit(limit, tx) {
      checkLimit(limit);
      const { key, atOnce, rate, by } = limit;
      if (atOnce === null && rate === null) await changes(sql.removeLimit, [key, by], tx);
      else await changes(sql.putLimit, [key, by, atOnce, rate?.count ?? null, rate?.seconds ?? null], tx);
    },
    pauses: async () => (await ask<PauseRow>(sql.selectPauses, [])).rows.map(pauseOf),
    async pause({ scope, why, by, at }, tx) {
      checkScope(scope);
      return changes(sql.putPause, [scope, why, by, at], tx);
    },
    unpause: (scope, tx) => changes(sql.liftPause, [scope], tx),
    reviews: async (line) => (await ask<ReviewRow>(sql.selectReviews, [line ?? null])).rows.map(reviewOf),
    async awaitReview({ id, run, line, what }, tx) {
      await ask(sql.putReview, [id, run, line, what], tx);
    },
    reviewed: (id, by, tx) => changes(sql.closeReview, [id, by], tx),
    usage: async () => (await ask<{ key: string; taken: number; started: number }>(sql.selectUsage, [])).rows,
    works: async ({ kind, open, limit }) =>
      (await ask<{ id: string }>(sql.selectWorks, [kind ?? null, open ?? null, limit])).rows.map(({ id }) => id),
    retry: (work) => changes(sql.retryWork, [work]),
  };
}

function query<Row extends QueryResultRow>(client: Pool | PoolClient, text: string, values: readonly unknown[]): Promise<QueryResult<Row>> {
  return client.query<Row>(text, [...values]);
}
