import { doneMark } from '../chat/decode-chat.ts';
import { outbound } from '../dialects.ts';
import type { Tongue } from '../protocol.ts';
import { decodeWhole } from './decode-whole.ts';
import type { AnswerEvent, Decoder } from './event.ts';
import { jsonOf } from './excerpt.ts';
import { faultOf } from './fault.ts';
import { eventReader, longestAnswer, type StreamPiece } from './server-sent-events.ts';
import { tooDeep } from './unread.ts';

/** Reads the bytes of a streamed answer. */
export interface AnswerReader {
  take(bytes: Uint8Array): readonly AnswerEvent[];
  /** The bytes are over. Without a stop or a fault among all events the answer was cut. */
  end(): readonly AnswerEvent[];
  /** Whether the answer told of its end: its bytes may go on, and nothing of it comes any more. */
  isWhole(): boolean;
}

/** Reads a streamed answer of an API, wherever its bytes are cut; what cannot be read is a fault, never passed over. */
export function answerReader(tongue: Tongue): AnswerReader {
  const decoder = outbound[tongue].decoder();
  const reader = eventReader();
  const text = new TextDecoder();
  const strays: string[] = [];
  /** All there was, as long as it was no stream. */
  let raw: string | null = '';
  let stopped = false;
  const readEvent = (data: string): readonly AnswerEvent[] => {
    const value = data === doneMark ? undefined : jsonOf(data);
    if (value !== undefined) return heard(decoder, value);
    const mark = data.trim();
    // Servers of other APIs end with the mark too, for all that it says nothing there.
    if (mark === doneMark) return tongue === 'chat' ? decoder.take(mark) : [];
    return mark === '' ? [] : [malformed('an event that is no JSON')];
  };
  const takeEvent = (data: string): readonly AnswerEvent[] => {
    const events = readEvent(data);
    stopped ||= events.some(({ kind }) => kind === 'stop');
    return events;
  };
  const takePiece = ({ kind, text: data }: StreamPiece): readonly AnswerEvent[] => {
    if (raw === null) return takeEvent(data);
    if (kind === 'stray') {
      strays.push(data);
      return [];
    }
    // It is a stream after all, and what came before it was no part of one.
    raw = null;
    return [...strays, data].flatMap(takeEvent);
  };
  return {
    take(bytes) {
      if (raw !== null) raw += text.decode(bytes, { stream: true });
      if (raw !== null && raw.length > longestAnswer) return [malformed('no stream, and more than any answer')];
      return reader.take(bytes)?.flatMap(takePiece) ?? [malformed('an event that has no end')];
    },
    end() {
      // A server that did not stream may still have answered, in one piece.
      if (raw !== null) return raw.trim() === '' ? [] : decodeWhole(tongue, raw);
      const { kind, text: left } = reader.rest();
      const isWhole = kind === 'stray' && jsonOf(left) !== undefined;
      return [...(isWhole ? takeEvent(left) : []), ...decoder.end()];
    },
    isWhole: () => stopped || decoder.isWhole?.() === true,
  };
}

function heard(decoder: Decoder, value: unknown): readonly AnswerEvent[] {
  try {
    return decoder.take(value);
  } catch (error) {
    return [tooDeep(error)];
  }
}

function malformed(what: string): AnswerEvent {
  return { kind: 'fault', fault: faultOf('malformed', `The model’s server sent ${what}.`) };
}
