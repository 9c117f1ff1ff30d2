import type { Piece } from '../../../core/gateway/failover/hold-back.ts';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import { answerReader } from '../translate/answer/answer-reader.ts';
import { decodeWhole } from '../translate/answer/decode-whole.ts';
import { type AnswerEvent, saidIn } from '../translate/answer/event.ts';
import { longestAnswer } from '../translate/answer/server-sent-events.ts';
import type { Voice } from '../translate/answer/voice.ts';
import { dialects } from '../translate/dialects.ts';
import { type Fault, faultOf, type Usage } from '../translate/index.ts';
import { eventEnds } from './event-ends.ts';
import { eventStream, type Lane, type LanePart } from './lane.ts';

/** Hands an answer on byte for byte, and reads along: what it is, what it used, and whether it ends. */
export function passLane(protocol: Protocol): Lane {
  const reader = answerReader(protocol);
  const ends = eventEnds(longestAnswer);
  let usage: Usage | null = null;
  let fault: Fault | null = null;
  let said = 0;
  let stopped = false;
  const after = (events: readonly AnswerEvent[]): Piece => {
    let piece: Piece = 'preamble';
    said += saidIn(events);
    for (const event of events) {
      if (event.kind === 'usage') usage = event.usage;
      else if (event.kind === 'stop') stopped = true;
      else if (event.kind === 'fault') fault ??= event.fault;
      if (isContent(event)) piece = 'content';
    }
    return piece;
  };
  const inOwnWords = (why: Fault): string => dialects[protocol].emitter(nobody).take({ kind: 'fault', fault: why });
  const part = (piece: Piece, out: Buffer | string): LanePart =>
    fault === null ? { piece, out } : { piece: 'error', out: inOwnWords(fault) };
  return {
    kind: 'pass-through',
    type: eventStream,
    take(bytes) {
      const whole = ends.take(bytes);
      if (whole !== null) return part(after(reader.take(whole)), whole);
      fault ??= faultOf('malformed', 'The model’s server sent an event that has no end.');
      return part('error', '');
    },
    end() {
      const rest = ends.rest();
      after([...(rest.length === 0 ? [] : reader.take(rest)), ...reader.end()]);
      if (fault === null && !stopped) fault = faultOf('cut', 'The answer of the model’s server broke off before its end. Ask again.');
      return part('end', rest);
    },
    isWhole: () => reader.isWhole(),
    breakOff: inOwnWords,
    whole(text): LanePart {
      after(decodeWhole(protocol, text));
      return { piece: fault === null ? 'end' : 'error', out: text };
    },
    told: () => ({ usage, fault, said }),
  };
}

/** An error has no voice of its own in any protocol. */
const nobody: Voice = { alias: '', id: '', created: 0, streamUsage: false, showThoughts: false, originOf: () => ({ kind: 'function' }) };

function isContent(event: AnswerEvent): boolean {
  return (
    event.kind === 'more' || event.kind === 'close' || event.kind === 'unread' || (event.kind === 'open' && event.what.kind === 'call')
  );
}
