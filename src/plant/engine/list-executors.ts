import type { ExecutorView } from '../../core/ports/engine.ts';
import type { EngineDatabase } from './engine-database.ts';

interface ExecutorRow extends Omit<ExecutorView, 'isLive' | 'since'> {
  readonly since: Date;
  readonly locked: boolean;
}

/** Lists every process that is known, oldest first. */
export async function listExecutors(database: EngineDatabase): Promise<readonly ExecutorView[]> {
  const { rows } = await database.attempt((pool) =>
    pool.query<ExecutorRow>(
      `select e.id, e.role, e.name, e.host, e.pid, e.version, e.queues, e.labels, e.at_once as "atOnce", e.since, o.locked,
              array(select s.work || ' ' || s.id from jidoka.step s where s.state = 'held' and s.executor = e.id order by s.held_at, s.seq)
                as holds
         from jidoka.executor e join jidoka.executor_state o using (id) order by e.since, e.id`,
    ),
  );
  return Promise.all(
    rows.map(async ({ since, locked, ...row }) => ({
      ...row,
      since: since.toISOString(),
      isLive: locked || (await database.isLive(row.id)),
    })),
  );
}
