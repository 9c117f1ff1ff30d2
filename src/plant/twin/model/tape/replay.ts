import type { IncomingHttpHeaders } from 'node:http';
import type { ModelCall } from '../call.ts';
import type { Delivery } from '../fault/delivery.ts';
import { signsOf } from '../script/recognise.ts';
import { sideCallOf } from '../script/side-call.ts';
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
 * Plays a tape again: the first conversation that is begun gets the answers of the tape's first, in their order, word for
 * word and with their faults. One that asks more than the tape holds is refused.
 */
export function openReplay(tape: readonly TapeEntry[]): Replayer {
  const calls = tape.filter(({ protocol, answer }) => protocol !== null && answer.ended !== 'left');
  const groups = [...new Set(calls.filter(({ kind }) => kind === 'main').map(({ conversation }) => conversation))].map((conversation) =>
    calls.filter((entry) => entry.conversation === conversation),
  );
  const queues = groups.map((entries) => [...entries]);
  const ofKey = new Map<string, number>();
  const ofCall = new Map<string, number>();
  const isBusy = new Set<number>();
  let begun = 0;

  return {
    answer(call, headers, body) {
      const { givenIds, key, isNamed, isFresh } = signsOf(call, headers, body);
      const byCall = givenIds.map((id) => ofCall.get(id)).find((known) => known !== undefined);
      const byKey = ofKey.get(key);
      const known = byCall ?? (byKey !== undefined && !isNamed && isFresh && isBusy.has(byKey) ? undefined : byKey);
      const side = sideCallOf(call, headers, false);
      if (side !== null) return sideAnswer(known === undefined ? [] : (queues[known] ?? []), side, call);
      const place = known ?? begun++;
      ofKey.set(key, place);
      const queue = queues[place] ?? [];
      const at = queue.findIndex((entry) => entry.kind === 'main' && isLike(entry, call));
      const [entry] = at === -1 ? [] : queue.splice(at, 1);
      if (entry === undefined) return exhausted(place);
      if (entry.answer.status === 200) isBusy.add(place);
      for (const [, id = ''] of entry.answer.body.matchAll(/"(?:id|call_id)":"([^"]+)"/g)) ofCall.set(id, place);
      return replayedOf(entry);
    },
  };
}

function isLike({ protocol, stream }: TapeEntry, call: ModelCall): boolean {
  return protocol === call.protocol && stream === call.stream;
}

function sideAnswer(queue: TapeEntry[], side: string, call: ModelCall): Replayed | null {
  const at = queue.findIndex((entry) => entry.kind === side && isLike(entry, call));
  const [entry] = at === -1 ? [] : queue.splice(at, 1);
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
