import { JidokaError } from '../../core/base/error.ts';
import type { Json } from '../../core/base/json.ts';
import type { EventBody, LedgerEvent } from '../../core/evidence/event.ts';

/** Something the factory brings about outside of itself. */
export interface Effect {
  /** Names the effect within its run, and to an outside that keeps keys: 'delivery/branch'. */
  readonly key: string;
  readonly kind: EffectKind;
  /** Where it takes place, for people. */
  readonly target: string;
  /** Names what is to be there. One key stands for one digest for ever. */
  readonly digest: string;
  /** Brings it about; the result says where it is. Throws where it may or may not have taken place. */
  perform(): Promise<Json>;
  /** Asks the outside, by key or by content, whether it is there; null where it is not known to be. */
  lookup(): Promise<Json | null>;
}

export type EffectKind = 'branch' | 'evidence-ref' | 'pull-request' | 'comment' | 'spend';

/**
 * Appends events to the run under keys, and returns what the ledger holds under them, old or new. Throws `fenced` where
 * this process lost the step it works for.
 */
export type Append = (events: readonly (readonly [key: string, body: EventBody])[]) => Promise<readonly LedgerEvent[]>;

export interface EffectMeans {
  /** The run's events, read after its step came to this process. */
  readonly events: readonly LedgerEvent[];
  readonly append: Append;
}

/**
 * Sees to it that an effect is there once, and returns its result. The outside is asked first, then the intent is
 * written down, which also fences off whoever lost the step, then the effect is performed and recorded. After a crash
 * anywhere in between the next process asks again. Throws what `perform`, `lookup` and `append` throw, and `invariant`
 * where the key was used for something else; trying again is safe after each.
 *
 * What remains: a process that loses its step after the fence and before the outside hears of it. Then two may
 * perform, and only the outside can tell: by its compare-and-swap, or by the effect's key. An outside that knows neither
 * may have it twice, in the time that one request takes.
 *
 * @example
 * await once({ key: 'review/comment', kind: 'comment', target, digest, perform, lookup }, { events, append });
 */
export async function once(effect: Effect, { events, append }: EffectMeans): Promise<Json> {
  const bodies = events.map(({ body }) => body);
  for (const body of bodies) refuseOther(effect, body);
  const done = bodies.find((body) => isDone(effect, body));
  if (done !== undefined) return resultOf(effect, done);
  const found = await effect.lookup();
  await intend(effect, append);
  return record(effect, found === null ? { how: 'performed', result: await effect.perform() } : { how: 'found', result: found }, append);
}

async function intend(effect: Effect, append: Append): Promise<void> {
  const { key, kind, target, digest } = effect;
  const [stored] = await append([[`effect/${key}/intended`, { type: 'effect.intended', effect: key, kind, target, digest }]]);
  if (stored !== undefined) refuseOther(effect, stored.body);
}

async function record(effect: Effect, outcome: Pick<Done, 'how' | 'result'>, append: Append): Promise<Json> {
  const [stored] = await append([[`effect/${effect.key}/done`, { type: 'effect.done', effect: effect.key, ...outcome }]]);
  return resultOf(effect, stored?.body);
}

type Done = Extract<EventBody, { type: 'effect.done' }>;

function isDone(effect: Effect, body: EventBody): boolean {
  return body.type === 'effect.done' && body.effect === effect.key;
}

function resultOf(effect: Effect, body: EventBody | undefined): Json {
  if (body?.type === 'effect.done') return body.result;
  throw broken(`The ledger has no result of the effect ${effect.key} under its key.`);
}

function refuseOther({ key, digest }: Effect, body: EventBody): void {
  if (body.type !== 'effect.intended' || body.effect !== key || body.digest === digest) return;
  throw broken(`The effect ${key} was begun for ${body.digest} and cannot be one for ${digest}.`);
}

function broken(message: string): JidokaError {
  return new JidokaError('invariant', message, { mend: 'Report this as a bug of jidoka, with the run.' });
}
