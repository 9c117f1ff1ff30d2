import type { ExecutorView, StepView, WorkView } from '../../core/ports/engine.ts';
import type { EngineDatabase } from './engine-database.ts';
import { listExecutors } from './list-executors.ts';
import { obstacles, type Pressure, type StepRow } from './obstacles.ts';

interface WorkRow extends Omit<WorkView, 'steps'> {
  readonly steps: readonly StepRow[];
}

/** Shows a work as it stands, with the reasons for which its steps wait. */
export async function viewWork(database: EngineDatabase, id: string): Promise<WorkView | null> {
  const { rows } = await database.attempt((pool) => pool.query<WorkRow>(selectWork, [id]));
  const [row] = rows;
  if (row === undefined) return null;
  const [pressure, executors] = await Promise.all([pressureOf(database), listExecutors(database)]);
  const live = executors.filter(({ isLive }) => isLive);
  return { ...row, steps: row.steps.map((step) => viewStep(step, row, { pressure, live })) };
}

const selectWork = `
  select w.id, w.kind, w.line, w.repository, w.parent, w.input, w.state, w.output, w.failure,
         (select coalesce(json_agg(json_build_object(
            'id', s.id, 'queue', s.queue, 'state', s.state, 'executor', s.executor, 'keys', s.keys, 'labels', s.labels,
            'notBefore', s.not_before, 'isAhead', s.state = 'later' and s.due_at > clock_timestamp(), 'priority', s.priority
          ) order by s.seq), '[]') from jidoka.step s where s.work = w.id) as steps
    from jidoka.work w where w.id = $1`;

async function pressureOf(database: EngineDatabase): Promise<Pressure> {
  const { rows } = await database.attempt((pool) =>
    pool.query<Pressure>(
      `select jidoka.caps() as caps, jidoka.used(clock_timestamp()) as used,
              (select coalesce(json_agg(p), '[]') from jidoka.pause p) as pauses,
              (select coalesce(json_object_agg(key, rate_seconds), '{}') from jidoka.work_limit where rate_seconds is not null) as seconds`,
    ),
  );
  return rows[0] ?? { caps: {}, used: {}, pauses: [], seconds: {} };
}

function viewStep(
  step: StepRow,
  work: Pick<WorkView, 'state' | 'failure'>,
  { pressure, live }: { readonly pressure: Pressure; readonly live: readonly ExecutorView[] },
): StepView {
  const { id, queue, executor, priority, notBefore } = step;
  return {
    id,
    queue,
    state: step.state === 'held' ? 'held' : 'waiting',
    executor,
    isLive: live.some((one) => one.id === executor),
    notBefore: notBefore === null ? null : new Date(notBefore).toISOString(),
    priority,
    held: step.state === 'held' ? [] : obstacles(step, { work, pressure, live }),
  };
}
