import type { LedgerEvent } from '../../../evidence/event.ts';
import type { ModelCount } from '../../../evidence/model-count.ts';
import { find } from '../../../evidence/run-result.ts';
import type { PlannedRoute } from '../plan-run.ts';
import { modelOfAttempt } from '../upgrade.ts';
import type { ChangeClaim } from './attempt-end.ts';

/** The model that an attempt counts for. */
export interface BookedModel {
  readonly model: string;
  /** Whether no plan was chosen and one model answered every call of its stage: nothing was left to chance. */
  readonly isSure: boolean;
}

/**
 * The model that did the work of an attempt: that of its plan, where one was chosen for the run; else the one that answered most calls of its
 * stage, as the factory's gateway counted them; else what its station says of itself, which may be the name of a slot. Null where nobody
 * tells, and where another one answered in place of the one that was planned: what that came to is of neither.
 */
export function bookedModel(one: ChangeClaim, route: PlannedRoute | null, events: readonly LedgerEvent[]): BookedModel | null {
  const answered = answeredAt(one, events);
  const planned = route?.plan ? modelOfAttempt(route.plan, one.attempt) : null;
  if (planned !== null) {
    const earlier = route?.plan?.slice(0, one.attempt - 1) ?? [];
    return isItsOwn(planned, answered, { earlier, isAlone: isAlone(one, events) }) ? { model: planned, isSure: false } : null;
  }
  const [most] = answered.toSorted((left, right) => right.calls - left.calls || right.output - left.output);
  if (most !== undefined) return { model: most.model, isSure: route === null && answered.length === 1 };
  const said = one.claim.usage?.model ?? null;
  return said === null ? null : { model: said, isSure: false };
}

/**
 * Whether a planned model did its attempt, as far as counts of a whole stage tell: it said the most where there was no other attempt, and
 * else something, or nobody did but those of attempts before. Agents ask other models for titles and the like.
 */
function isItsOwn(
  planned: string,
  answered: readonly Answered[],
  { earlier, isAlone: alone }: { readonly earlier: readonly string[]; readonly isAlone: boolean },
): boolean {
  const said = answered.find(({ model }) => model === planned)?.output;
  if (said === undefined) return answered.every(({ model }) => earlier.includes(model));
  return !alone || answered.every(({ output }) => output <= said);
}

function isAlone({ stage }: ChangeClaim, events: readonly LedgerEvent[]): boolean {
  return !events.some(({ body }) => body.type === 'rework.ordered' && body.voids.some((voided) => voided.stage === stage));
}

interface Answered {
  readonly model: string;
  readonly calls: number;
  readonly output: number;
}

/** What each model answered at the stage: to the station that made the attempt, or to whoever worked there where it is not told apart. */
function answeredAt({ stage, claim }: ChangeClaim, events: readonly LedgerEvent[]): readonly Answered[] {
  const atStage = (find(events, 'models.counted')?.counts ?? []).filter((count) => count.stage === stage && count.model !== '');
  const own = atStage.filter(({ station }) => station === claim.station);
  const sums = new Map<string, Answered>();
  for (const { model, calls, usage } of own.length > 0 ? own : atStage) {
    const before = sums.get(model);
    sums.set(model, { model, calls: calls + (before?.calls ?? 0), output: outputOf(usage) + (before?.output ?? 0) });
  }
  return [...sums.values()];
}

function outputOf({ output, reasoning }: ModelCount['usage']): number {
  return output + reasoning;
}
