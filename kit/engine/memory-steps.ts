import { isJidokaError, JidokaError } from '../../src/core/base/error.ts';
import type { HeldStep, NewStep, Offer } from '../../src/core/ports/engine.ts';
import { controlQueue, requestQueue } from '../../src/core/ports/engine.ts';
import { hasLabels, obstacles, servesQueue } from './memory-obstacles.ts';
import type { MemoryStep, MemoryWork, PlantState } from './memory-plant.ts';

/** Makes the steps of a work exactly these. */
export function planSteps(state: PlantState, { work: id, steps }: { work: string; steps: readonly NewStep[] }, nowMs: number): void {
  const work = state.works.get(id);
  if (work === undefined) throw broken(`Steps were planned for work ${id}, which does not exist.`);
  if (work.state === 'ended') {
    if (steps.length > 0) throw broken(`Steps were planned for work ${id}, which has ended.`);
    return;
  }
  const kept = work.steps.filter(({ id: known }) => steps.some((step) => step.id === known));
  const fresh = steps.filter((step, at) => steps.findIndex((one) => one.id === step.id) === at && !kept.some((one) => one.id === step.id));
  work.steps = [...kept, ...fresh.map((step) => putStep(state, { work, step }, nowMs))];
}

function putStep(state: PlantState, { work, step }: { work: MemoryWork; step: NewStep }, nowMs: number): MemoryStep {
  const { starts, ...rest } = step;
  state.count += 1;
  const dueMs = Math.max(nowMs, step.notBefore === null ? 0 : Date.parse(step.notBefore));
  const starting = starts ? work.line : null;
  return { ...rest, starting, seq: state.count, dueMs, token: null, executor: null, reclaims: 0, lost: [] };
}

/** The step behind a token. Throws `fenced` where it is another's by now. */
export function ownStep(state: PlantState, held: HeldStep): { readonly work: MemoryWork; readonly step: MemoryStep } {
  const work = state.works.get(held.work);
  const step = work?.steps.find(({ id, token }) => id === held.id && token === held.token);
  if (work !== undefined && step !== undefined) return { work, step };
  throw new JidokaError('fenced', `Step ${held.id} of ${held.work} is not this process's any more.`, {
    mend: 'Nothing is to be done: whoever has the step goes on with it.',
  });
}

export function isFenced(error: unknown): boolean {
  return isJidokaError(error) && error.code === 'fenced';
}

/** Puts steps back into their queue, at their old place or at a time. */
export function giveBack(state: PlantState, isIt: (step: MemoryStep) => boolean, untilMs: number | null = null): readonly MemoryStep[] {
  const steps = [...state.works.values()].flatMap((work) => work.steps).filter((step) => step.token !== null && isIt(step));
  for (const step of steps) {
    Object.assign(step, { token: null, executor: null });
    if (untilMs !== null) Object.assign(step, { dueMs: untilMs, notBefore: new Date(untilMs).toISOString() });
  }
  return steps;
}

/** Puts back what an executor held that is taken for dead. */
export function reap(state: PlantState, executor: string): void {
  for (const step of giveBack(state, (one) => one.executor === executor)) {
    step.reclaims += 1;
    step.lost = [...step.lost, executor];
  }
}

export interface Taker {
  readonly executor: string;
  readonly offer: Offer;
  /** Works to take steps of, with all that belongs to them; null for any. */
  readonly roots: ReadonlySet<string> | null;
  readonly rooms: Readonly<Record<Lane, number>>;
}

export type Lane = 'control' | 'requests' | 'stages';

export function laneOf({ queue }: Pick<NewStep, 'queue'>): Lane {
  return queue === controlQueue ? 'control' : queue === requestQueue ? 'requests' : 'stages';
}

/** Takes what fits, the most urgent first. */
export function takeSteps(state: PlantState, taker: Taker, nowMs: number): readonly HeldStep[] {
  const rooms = { ...taker.rooms };
  const waiting = [...state.works.values()].flatMap((work) => work.steps.map((step) => ({ work, step })));
  const ordered = waiting.toSorted((a, b) => a.step.priority - b.step.priority || a.step.dueMs - b.step.dueMs || a.step.seq - b.step.seq);
  return ordered.flatMap(({ work, step }) => {
    if (step.token !== null || rooms[laneOf(step)] <= 0 || !isOffered(state, taker, { work, step })) return [];
    if (obstacles(state, { work, step }, nowMs).length > 0) return [];
    rooms[laneOf(step)] -= 1;
    const token = crypto.randomUUID();
    Object.assign(step, { token, executor: taker.executor });
    if (step.queue !== controlQueue) state.starts.push(...step.rates.map((key) => ({ key, atMs: nowMs })));
    return [heldStep(work, { ...step, token })];
  });
}

function isOffered(state: PlantState, { offer, roots }: Taker, { work, step }: { work: MemoryWork; step: MemoryStep }): boolean {
  return servesQueue(offer, step.queue) && hasLabels(offer, step.labels) && (roots === null || belongs(state, work, roots));
}

function belongs(state: PlantState, work: MemoryWork, roots: ReadonlySet<string>): boolean {
  if (roots.has(work.id)) return true;
  const parent = work.parent === null ? undefined : state.works.get(work.parent);
  return parent !== undefined && belongs(state, parent, roots);
}

function heldStep(work: MemoryWork, step: MemoryStep & { readonly token: string }): HeldStep {
  const { id, token, reclaims, lost, dueMs } = step;
  const input: HeldStep['input'] = JSON.parse(work.input);
  return { work: work.id, kind: work.kind, id, token, reclaims, lost: [...lost], input, dueAt: new Date(dueMs).toISOString() };
}

export function broken(message: string): JidokaError {
  return new JidokaError('invariant', message, { mend: 'Report this as a bug of jidoka, with the run id.' });
}
