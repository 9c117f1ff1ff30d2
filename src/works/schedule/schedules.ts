import { canonicalJson, toJson } from '../../core/base/json.ts';
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
  const { engine, ledger, clock, sha256 } = needs;
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(schedule.id))
    throw new JidokaError('limit-invalid', `"${schedule.id}" is no name for a schedule.`, { mend: 'Use lower-case letters, digits, dots and dashes.' });
  const now = clock.now();
  const due = nextDue(schedule, now);
  if (due === null)
    throw new JidokaError('limit-invalid', `The schedule "${schedule.cron}" is never due again.`, { mend: 'Give a time that lies ahead.' });
  const earlier = await worksOf(schedule.id, needs);
  const id = `schedule-${schedule.id}-${sha256(canonicalJson({ schedule: toJson(schedule), now })).slice(0, 8)}`;
  await engine.transaction(async (tx) => {
    for (const work of earlier) await engine.end(work, null, tx);
    const event = { type: 'factory.scheduled', schedule: schedule.id, what: toJson(schedule), by } as const;
    await ledger.append(factoryChain, newEvents([[`scheduled/${id}`, event]], now, by), tx);
    await engine.submit({ id, kind: 'schedule', line: schedule.request.line, repository: '', parent: null, input: toJson(schedule) }, tx);
    await engine.plan(id, [fireAt(schedule, due)], tx);
  });
  return await viewOf(schedule, due, needs);
}

/** Takes a schedule away. Returns whether there was one. */
export async function removeSchedule(id: string, by: string, needs: RunNeeds): Promise<boolean> {
  const works = await worksOf(id, needs);
  if (works.length === 0) return false;
  const now = needs.clock.now();
  await needs.engine.transaction(async (tx) => {
    for (const work of works) await needs.engine.end(work, null, tx);
    await needs.ledger.append(factoryChain, newEvents([[`unscheduled/${id}/${now}`, { type: 'factory.unscheduled', schedule: id, by }]], now, by), tx);
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

async function planNext(work: string, schedule: NewSchedule, now: string, { needs, tx }: { readonly needs: RunNeeds; readonly tx: Tx }): Promise<void> {
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
