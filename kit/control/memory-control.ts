import { JidokaError } from '../../src/core/base/error.ts';
import type { Control, NewLimit, Usage } from '../../src/core/ports/control.ts';
import { limitOf, reviewsOpen, slotsTaken, startsCounted } from '../engine/memory-obstacles.ts';
import type { MemoryPlant, PlantState } from '../engine/memory-plant.ts';

/**
 * Makes what operators set for the engines of a plant in memory; passes the same conformance suite as the real one.
 *
 * @example
 * const control = memoryControl(plant);
 * await control.pause({ scope: 'factory', why: 'inventory', by: 'ada', at: clock.now() });
 */
export function memoryControl(plant: MemoryPlant): Control {
  return {
    limits: async () => [...plant.read().limits.values()].toSorted((left, right) => order(left.key, right.key)),
    async setLimit(limit, tx) {
      checkLimit(limit);
      await plant.change(tx, (state) => setLimit(state, limit));
    },
    pauses: async () => [...plant.read().pauses.values()].toSorted((left, right) => order(left.at, right.at)),
    async pause(pause, tx) {
      if (!/^(factory|(line|queue):[^\s*\p{Cc}]+)$/u.test(pause.scope)) throw invalid(`"${pause.scope}" cannot be paused.`);
      return plant.change(tx, ({ pauses }) => !pauses.has(pause.scope) && pauses.set(pause.scope, pause).has(pause.scope));
    },
    unpause: (scope, tx) => plant.change(tx, ({ pauses }) => pauses.delete(scope)),
    reviews: async (line) =>
      [...plant.read().reviews.values()]
        .filter((review) => review.isOpen && (line === undefined || review.line === line))
        .map(({ isOpen: _open, ...review }) => review),
    awaitReview: (review, tx) =>
      plant.change(tx, ({ reviews }) => {
        if (!reviews.has(review.id)) reviews.set(review.id, { ...review, since: plant.clock.now(), isOpen: true });
      }),
    reviewed: (id, _by, tx) =>
      plant.change(tx, ({ reviews }) => {
        const review = reviews.get(id);
        if (review?.isOpen !== true) return false;
        review.isOpen = false;
        return true;
      }),
    usage: async () => usageOf(plant.read(), plant.nowMs),
    works: async ({ kind, open, limit }) =>
      [...plant.read().works.values()]
        .filter((work) => (kind === undefined || work.kind === kind) && (open === undefined || (work.state !== 'ended') === open))
        .toSorted((left, right) => right.ordinal - left.ordinal)
        .slice(0, limit)
        .map(({ id }) => id),
    retry: (id) =>
      plant.change(undefined, ({ works }) => {
        const work = works.get(id);
        if (work?.state !== 'failed') return false;
        Object.assign(work, { state: 'open', failure: '' });
        return true;
      }),
  };
}

function setLimit({ limits }: PlantState, limit: NewLimit): void {
  if (limit.by === 'line' && limits.get(limit.key)?.by === 'operator') return;
  if (limit.atOnce === null && limit.rate === null) limits.delete(limit.key);
  else limits.set(limit.key, { key: limit.key, atOnce: limit.atOnce, rate: limit.rate, by: limit.by });
}

function usageOf(state: PlantState, nowMs: number): readonly Usage[] {
  const steps = [...state.works.values()].flatMap((work) => work.steps);
  const lines = [...state.reviews.values()].filter(({ isOpen }) => isOpen).map(({ line }) => `review:${line}`);
  const taken = [...steps.filter(({ token }) => token !== null).flatMap(({ slots }) => slots), ...lines];
  const started = state.starts.map(({ key }) => key).filter((key) => startsCounted(state, key, nowMs).length > 0);
  const exact = [...state.limits.keys()].filter((key) => !key.endsWith(':*'));
  const ofKinds = [...taken, ...started].filter((key) => limitOf(state, key)?.key.endsWith(':*'));
  return [...new Set([...exact, ...ofKinds])].toSorted(order).map((key) => ({
    key,
    taken: key.startsWith('review:') ? reviewsOpen(state, key.slice('review:'.length)) : slotsTaken(state, key),
    started: startsCounted(state, key, nowMs).length,
  }));
}

function checkLimit({ key, atOnce, rate }: NewLimit): void {
  if (!/^(global|(queue|line|repository|station|provider|review):(\*|[^\s*\p{Cc}]+))$/u.test(key))
    throw invalid(`"${key}" is no key of a limit.`);
  if (atOnce !== null && !isCount(atOnce)) throw invalid(`${key} cannot have ${atOnce} slots.`);
  if (rate === null) return;
  if (key.startsWith('review:') || !isCount(rate.count) || !(rate.seconds > 0 && Number.isFinite(rate.seconds)))
    throw invalid(`${key} cannot have such a rate.`);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 1_000_000;
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function invalid(message: string): JidokaError {
  return new JidokaError('limit-invalid', message, { mend: 'Write a key such as line:deps, and whole numbers from 0 on.' });
}
