import type { IncomingHttpHeaders } from 'node:http';
import type { ModelCall } from '../call.ts';
import type { Delivery } from '../fault/delivery.ts';
import { type Signs, signsOf } from '../script/recognise.ts';
import { sideCallOf } from '../script/side-call.ts';
import { openReel } from './reel.ts';
import type { TapeEntry } from './tape.ts';

/** Answers as a tape has them. */
export interface Replayer {
  /** Null where the scenario is to answer: side calls that the tape does not have. */
  answer(call: ModelCall, headers: IncomingHttpHeaders, body: unknown): Replayed | null;
}

export interface Replayed {
  readonly delivery: Delivery;
  readonly turn: {
    readonly kind: string;
    readonly conversation: string | null;
    readonly script: string | null;
    readonly step: number | null;
    readonly fault: string | null;
    readonly note: string | null;
    readonly reply: null;
  };
}

/**
 * Plays a tape again. The very same request gets the very same answer, in the order in which it was asked on the tape. Of others, the first
 * conversation that is begun gets the answers of the tape's first, in their order, word for word and with their faults. One that asks more
 * than the tape holds is refused.
 */
export function openReplay(tape: readonly TapeEntry[]): Replayer {
  const reel = openReel(tape);
  const ofKey = new Map<string, number>();
  const ofCall = new Map<string, number>();
  const isBusy = new Set<number>();
  const begun = new Set<number>();

  const knownPlace = ({ givenIds, key, isNamed, isFresh }: Signs): number | undefined => {
    const byCall = givenIds.map((id) => ofCall.get(id)).find((place) => place !== undefined);
    const byKey = ofKey.get(key);
    return byCall ?? (byKey !== undefined && !isNamed && isFresh && isBusy.has(byKey) ? undefined : byKey);
  };
  const nextPlace = (): number => {
    let place = 0;
    while (begun.has(place)) place += 1;
    return place;
  };
  return {
    answer(call, headers, body) {
      const signs = signsOf(call, headers, body);
      const known = knownPlace(signs);
      const same = reel.same(call, body, known);
      const side = sideCallOf(call, headers, false);
      if (same === undefined && side !== null) return replayedOrNull(known === undefined ? undefined : reel.next(call, known, side));
      if (same !== undefined && same.kind !== 'main') return replayedOf(same);
      const place = same === undefined ? (known ?? nextPlace()) : reel.placeOf(same);
      begun.add(place);
      ofKey.set(signs.key, place);
      const entry = same ?? reel.next(call, place, 'main');
      if (entry === undefined) return exhausted(place);
      if (isWhole(entry)) isBusy.add(place);
      for (const [, id = ''] of entry.answer.body.matchAll(/"(?:id|call_id)":"([^"]+)"/g)) ofCall.set(id, place);
      return replayedOf(entry);
    },
  };
}

/** Whoever asks again after half an answer goes on with his conversation. */
function isWhole({ answer, fault }: TapeEntry): boolean {
  return answer.status === 200 && answer.ended === 'complete' && fault === null;
}

function replayedOrNull(entry: TapeEntry | undefined): Replayed | null {
  return entry === undefined ? null : replayedOf(entry);
}

function replayedOf({ answer, kind, conversation, script, step, fault }: TapeEntry): Replayed {
  const { status, headers, body, ended } = answer;
  const frames = body.split(/(?<=\n\n)/);
  return {
    delivery: { head: status === 0 ? null : { status, headers }, body: frames, end: ended === 'left' ? 'complete' : ended },
    turn: { kind, conversation, script, step, fault, note: 'replayed', reply: null },
  };
}

/** A refusal that no agent tries again. */
function exhausted(place: number): Replayed {
  const message = `The tape holds no further answer for conversation ${place + 1}, for this API and this way of answering.`;
  const body = JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', code: 400, status: 'INVALID_ARGUMENT', message } });
  return {
    delivery: { head: { status: 400, headers: { 'content-type': 'application/json' } }, body: [body], end: 'complete' },
    turn: { kind: 'main', conversation: null, script: null, step: null, fault: null, note: message, reply: null },
  };
}
