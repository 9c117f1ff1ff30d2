import { controlQueue, type Offer } from '../../src/core/ports/engine.ts';
import type { MemoryPlant, MemoryStep, MemoryWork, PlantState } from './memory-plant.ts';

/** What keeps a step from being taken, in words; whoever may take it finds nothing here. */
export function obstacles(state: PlantState, { work, step }: { work: MemoryWork; step: MemoryStep }, nowMs: number): readonly string[] {
  const isControl = step.queue === controlQueue;
  return [
    ...(work.state === 'failed' ? [`its work failed: ${work.failure}`] : []),
    ...(step.dueMs > nowMs ? [`not before ${new Date(step.dueMs).toISOString()}`] : []),
    ...step.scopes.flatMap((scope) => {
      const pause = state.pauses.get(scope);
      return pause === undefined ? [] : [`${scope} is paused by ${pause.by}: ${pause.why}`];
    }),
    ...(isControl ? [] : step.slots.flatMap((key) => fullSlots(state, key))),
    ...(isControl ? [] : step.rates.flatMap((key) => fullRate(state, key, nowMs))),
    ...(step.starting === null ? [] : fullReview(state, step.starting)),
  ];
}

/** What nobody who serves just now could do. */
export function missingWorker({ executors }: MemoryPlant, { queue, labels }: MemoryStep): readonly string[] {
  const serving = [...executors.values()].filter((one) => one.isLive && one.role !== 'idle' && servesQueue(one, queue));
  if (serving.length === 0) return [`no live worker serves queue ${queue}`];
  if (serving.some((one) => hasLabels(one, labels))) return [];
  return [`no live worker of queue ${queue} has the labels ${labels.join(', ')}`];
}

export function servesQueue({ queues }: Pick<Offer, 'queues'>, queue: string): boolean {
  return queue === controlQueue || queues === null || queues.includes(queue);
}

export function hasLabels(offer: Pick<Offer, 'labels'>, labels: readonly string[]): boolean {
  return labels.every((label) => offer.labels.includes(label));
}

/** The limit a key is under: its own, or that of its kind. */
export function limitOf(state: PlantState, key: string): ReturnType<PlantState['limits']['get']> {
  return state.limits.get(key) ?? state.limits.get(`${key.split(':')[0]}:*`);
}

export function slotsTaken(state: PlantState, key: string): number {
  const steps = [...state.works.values()].flatMap((work) => work.steps);
  return steps.filter(({ token, queue, slots }) => token !== null && queue !== controlQueue && slots.includes(key)).length;
}

/** Starts within the time of the key's rate, oldest first. */
export function startsCounted(state: PlantState, key: string, nowMs: number): readonly number[] {
  const seconds = limitOf(state, key)?.rate?.seconds ?? 0;
  return state.starts.filter((start) => start.key === key && start.atMs > nowMs - seconds * 1000).map(({ atMs }) => atMs);
}

export function reviewsOpen(state: PlantState, line: string): number {
  return [...state.reviews.values()].filter((review) => review.isOpen && review.line === line).length;
}

/** Milliseconds until time alone may let a step through; null where it does not. */
export function nextMs({ clock }: MemoryPlant, state: PlantState): number | null {
  const nowMs = Date.parse(clock.now());
  const waiting = [...state.works.values()].flatMap((work) => work.steps).filter(({ token }) => token === null);
  const ahead = waiting.map(({ dueMs }) => dueMs).filter((dueMs) => dueMs > nowMs);
  const again = waiting
    .flatMap(({ rates }) => rates)
    .flatMap((key) => {
      const [rate, starts] = [limitOf(state, key)?.rate, startsCounted(state, key, nowMs)];
      const oldest = rate == null || starts.length < rate.count ? undefined : starts.at(-rate.count);
      return rate == null || oldest === undefined ? [] : [oldest + rate.seconds * 1000];
    });
  const times = [...ahead, ...again];
  return times.length === 0 ? null : Math.max(1, Math.min(...times) - nowMs);
}

function fullSlots(state: PlantState, key: string): readonly string[] {
  const [cap, taken] = [limitOf(state, key)?.atOnce ?? null, slotsTaken(state, key)];
  return cap === null || taken < cap ? [] : [`${key} has ${taken} of ${cap} slots taken`];
}

function fullRate(state: PlantState, key: string, nowMs: number): readonly string[] {
  const [rate, started] = [limitOf(state, key)?.rate ?? null, startsCounted(state, key, nowMs).length];
  return rate === null || started < rate.count ? [] : [`${key} had ${started} of ${rate.count} starts in ${rate.seconds} s`];
}

function fullReview(state: PlantState, line: string): readonly string[] {
  const [cap, waiting] = [limitOf(state, `review:${line}`)?.atOnce ?? null, reviewsOpen(state, line)];
  return cap === null || waiting < cap ? [] : [`line ${line} has ${waiting} of ${cap} results waiting for review`];
}
