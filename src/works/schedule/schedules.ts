import { toJson } from '../../core/base/json.ts';
import { JidokaError } from '../../core/base/error.ts';
import { controlQueue, type HeldStep, type NewStep } from '../../core/ports/engine.ts';
import type { NewSchedule, ScheduleView } from '../../core/ports/factory.ts';
import { factoryChain } from '../../core/ports/ledger.ts';
import type { Tx } from '../../core/ports/tx.ts';
import { submitRequest } from '../dispatch/index.ts';
import { newEvents, type RunNeeds } from '../run/index.ts';
import { nextDue } from './cron.ts';

const schedulesKept = 1000;

/** Sets a schedule; one of the same id is replaced. Throws `limit-invalid`. */
export async function setSchedule(schedule: NewSchedule, by: string, needs: RunNeeds): Promise<ScheduleView> {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(schedule.id))
    throw new JidokaError('limit-invalid', `"${schedule.id}" is no name for a schedule.`, {
      mend: 'Use lower-case letters, digits, dots and dashes.',
    });
  const due = nextDue(schedule, needs.clock.now());
  if (due === null)
    throw new JidokaError('limit-invalid', `The schedule "${schedule.cron}" is never due again.`, { mend: 'Give a time that lies ahead.' });
  while (!(await replace(schedule, due, { by, needs })));
  return await viewOf(schedule, due, needs);
}

/**
 * Puts a schedule in the place of what its id stood for. Of two that do so at once both mean the same work, which is
 * registered once: the other one gets false, and looks again.
 */
async function replace(
  schedule: NewSchedule,
  due: string,
  { by, needs }: { readonly by: string; readonly needs: RunNeeds },
): Promise<boolean> {
  const { engine, ledger, clock, sha256 } = needs;
  const before = await ledger.latest('factory.scheduled', { schedule: schedule.id });
  const earlier = await worksOf(schedule.id, needs);
  const work = `schedule-${schedule.id}-${sha256(before?.hash ?? '').slice(0, 8)}`;
  const input = toJson(schedule);
  return await engine.transaction(async (tx) => {
    const { line } = schedule.request;
    if ((await engine.submit({ id: work, kind: 'schedule', line, repository: '', parent: null, input }, tx)) === 'exists') return false;
    const event = { type: 'factory.scheduled', schedule: schedule.id, what: input, by } as const;
    await ledger.append(factoryChain, newEvents([[`scheduled/${work}`, event]], clock.now(), by), tx);
    for (const replaced of earlier) await engine.end(replaced, null, tx);
    await engine.plan(work, [fireAt(schedule, due)], tx);
    return true;
  });
}

/** Takes a schedule away. Returns whether there was one. */
export async function removeSchedule(id: string, by: string, needs: RunNeeds): Promise<boolean> {
  const works = await worksOf(id, needs);
  if (works.length === 0) return false;
  const now = needs.clock.now();
  await needs.engine.transaction(async (tx) => {
    const event = { type: 'factory.unscheduled', schedule: id, by } as const;
    await needs.ledger.append(factoryChain, newEvents([[`unscheduled/${id}/${now}`, event]], now, by), tx);
    for (const work of works) await needs.engine.end(work, null, tx);
  });
  return true;
}

/** Every schedule, with when it is due next. */
export async function schedules(needs: RunNeeds): Promise<readonly ScheduleView[]> {
  const ids = await needs.control.works({ kind: 'schedule', open: true, limit: schedulesKept });
  const views = await Promise.all(ids.map((id) => needs.engine.work(id)));
  const open = views.filter((view) => view !== null);
  return await Promise.all(open.map(({ input, steps }) => viewOf(readSchedule(input), steps[0]?.notBefore ?? null, needs)));
}

/**
 * Does what a schedule is due for: leaves its request and plans the next time, in one transaction, so that however
 * many workers there are it happens once. Times that passed while nobody worked are made up for by this one.
 */
export async function fireSchedule(step: HeldStep, needs: RunNeeds): Promise<void> {
  const { engine, ledger, clock } = needs;
  const schedule = readSchedule(step.input);
  const due = step.id.replace(/^fire\//, '');
  const now = clock.now();
  await engine.transaction(async (tx) => {
    await engine.finish(step, tx);
    const { request } = await submitRequest(schedule.request, { key: `${step.work} ${due}`, notBefore: null }, needs, tx);
    const fired = { type: 'factory.fired', schedule: schedule.id, due, request } as const;
    await ledger.append(factoryChain, newEvents([[`fired/${step.work}/${due}`, fired]], now), tx);
    await planNext(step.work, schedule, now, { needs, tx });
  });
}

async function planNext(
  work: string,
  schedule: NewSchedule,
  now: string,
  { needs, tx }: { readonly needs: RunNeeds; readonly tx: Tx },
): Promise<void> {
  const next = nextDue(schedule, now);
  if (next === null) return await needs.engine.end(work, null, tx);
  await needs.engine.plan(work, [fireAt(schedule, next)], tx);
}

function fireAt({ request: { line } }: NewSchedule, due: string): NewStep {
  const scopes = ['factory', `line:${line}`];
  return { id: `fire/${due}`, queue: controlQueue, slots: [], rates: [], scopes, starts: false, labels: [], priority: 100, notBefore: due };
}

async function worksOf(id: string, needs: RunNeeds): Promise<readonly string[]> {
  const ids = await needs.control.works({ kind: 'schedule', open: true, limit: schedulesKept });
  const views = await Promise.all(ids.map((work) => needs.engine.work(work)));
  return views.flatMap((view) => (view !== null && readSchedule(view.input).id === id ? [view.id] : []));
}

async function viewOf({ id, cron, timezone, request }: NewSchedule, nextAt: string | null, { ledger }: RunNeeds): Promise<ScheduleView> {
  const last = await ledger.latest('factory.fired', { schedule: id });
  return { id, cron, timezone, line: request.line, repository: request.repository, nextAt, lastAt: last?.at ?? null };
}

function readSchedule(input: unknown): NewSchedule {
  return input as NewSchedule; // written by setSchedule alone
}
