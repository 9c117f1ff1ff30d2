import { hostname } from 'node:os';
import type { Offer } from '../../core/ports/engine.ts';
import type { Ask, Enlisted } from './engine-database.ts';

/** Says what this process offers to do; makes it known again where others took it for dead. */
export async function register(ask: Ask, executor: Enlisted, offer: Offer): Promise<void> {
  if (await describe(ask, executor.id, offer)) return;
  await executor.renew();
  await describe(ask, executor.id, offer);
}

/** Says that this process takes nothing more. */
export async function retire(ask: Ask, executor: string): Promise<void> {
  await ask((pool) =>
    pool.query(`update jidoka.executor set role = 'idle', queues = null, labels = '{}', at_once = 0 where id = $1`, [executor]),
  );
}

async function describe(ask: Ask, executor: string, offer: Offer): Promise<boolean> {
  const { role, name, version, queues, labels, atOnce } = offer;
  const { rowCount } = await ask((pool) =>
    pool.query(
      `update jidoka.executor set role = $2, name = $3, host = $4, version = $5, queues = $6, labels = $7, at_once = $8 where id = $1`,
      [executor, role, name ?? `${hostname()} ${process.pid}`, hostname(), version, queues, labels, atOnce],
    ),
  );
  return rowCount === 1;
}
