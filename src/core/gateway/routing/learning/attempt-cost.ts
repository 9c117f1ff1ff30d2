import type { LedgerEvent } from '../../../evidence/event.ts';
import type { ModelCount } from '../../../evidence/model-count.ts';
import { find } from '../../../evidence/run-result.ts';
import type { BookedModel } from './booked-model.ts';
import { sentBackAt, type ChangeClaim } from './attempt-end.ts';

/** What validation of one attempt took. */
export interface Validated {
  readonly ms: number;
  /** US dollars for models that judged; null where nobody tells. */
  readonly usd: number | null;
}

/** A claim with the model that it counts for. */
export type NamedClaim = ChangeClaim & BookedModel;

/** A claim that counts for no model, as others stood in for its own. */
export interface NobodysClaim extends ChangeClaim {
  readonly model: null;
  /** Models of its plan that were refused before it, and are not asked again. */
  readonly refused: readonly string[];
}

/**
 * US dollars of an attempt: what the factory's own gateway counted for its model at its stage, shared by the attempts that this model
 * answered there, and a share of what it counted for models that no attempt is named for. Where it counted nothing of the stage, what the
 * station says of itself. Null where nobody knows, and where it is not told which model stood in for that of another attempt: the gateway
 * counts by stage and model, and calls of two attempts are one sum there.
 */
export function usdOf(one: NamedClaim, all: readonly (NamedClaim | NobodysClaim)[], events: readonly LedgerEvent[]): number | null {
  const counted = (find(events, 'models.counted')?.counts ?? []).filter(({ stage }) => stage === one.stage);
  if (counted.length === 0) return one.claim.usage?.costUsd ?? null;
  const atStage = all.filter(({ stage }) => stage === one.stage);
  const own = counted.filter(({ model }) => model === one.model);
  const among = atStage.filter((other) => mayBeBy(other, one.model));
  if (own.length === 0 || among.some((other) => other.model === null && standIns(other, counted).size > 1)) return null;
  const nobodys = counted.filter(({ model }) => atStage.every((other) => !mayBeBy(other, model)));
  const part = shared(own, among.length);
  const rest = nobodys.length === 0 ? 0 : shared(nobodys, atStage.length);
  return part === null || rest === null ? null : part + rest;
}

/** Whether a model answered an attempt, or may have done so in place of its own. */
function mayBeBy(one: NamedClaim | NobodysClaim, model: string): boolean {
  return one.model === null ? model !== '' && !one.refused.includes(model) : one.model === model;
}

function standIns(one: NobodysClaim, counted: readonly ModelCount[]): ReadonlySet<string> {
  return new Set(counted.flatMap(({ model }) => (mayBeBy(one, model) ? [model] : [])));
}

function shared(counts: readonly ModelCount[], among: number): number | null {
  if (counts.length === 0 || counts.some(({ unpricedCalls }) => unpricedCalls > 0)) return null;
  return counts.reduce((sum, { microUsd }) => sum + microUsd, 0) / 1e6 / Math.max(1, among);
}

/** What the stages behind an attempt took until it was sent back or the run was decided; gates and runs that it waited for are left out. */
export function validationOf(one: ChangeClaim, events: readonly LedgerEvent[]): Validated | null {
  const back = sentBackAt(one, events);
  const waited = new Set(
    events.flatMap(({ body }) => (body.type === 'gate.opened' || body.type === 'children.started' ? [body.stage] : [])),
  );
  const made = completed(events.slice(one.index, back === -1 ? events.length : back)).filter(
    ({ stage }) => stage !== one.stage && !waited.has(stage),
  );
  if (made.length === 0) return null;
  const ms = made.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const usd = made
    .map(({ stage }) => usdOfStage(stage, events))
    .reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0);
  return { ms, usd };
}

/** For one time that the stage was done; a stage that asked no model cost none. */
function usdOfStage(stage: string, events: readonly LedgerEvent[]): number | null {
  const counts = (find(events, 'models.counted')?.counts ?? []).filter((count) => count.stage === stage);
  return counts.length === 0 ? 0 : shared(counts, completed(events).filter((done) => done.stage === stage).length);
}

function completed(events: readonly LedgerEvent[]) {
  return events.flatMap(({ body }) => (body.type === 'stage.completed' ? [body] : []));
}
