import type { Decoder } from '../answer/event.ts';
import type { Answer } from '../answer/collect.ts';
import type { Emitter, Voice } from '../answer/voice.ts';
import type { Fault } from '../answer/fault.ts';
import type { AnswerEvent } from '../answer/event.ts';
import type { Members } from '../protocol.ts';
import type { Conversation } from './conversation.ts';
import type { Remarks } from './remarks.ts';
import type { Upstream } from './upstream.ts';

/** What the address says of a request, where the body does not. */
export interface Asked {
  readonly model: string | null;
  readonly stream: boolean | null;
}

/** What an upstream is asked in, from the gateway's side. */
export interface Outbound {
  /** Writes the request to an upstream. */
  write(conversation: Conversation, upstream: Upstream, remarks: Remarks): Members;
  /** Reads an upstream's stream, event by event. */
  decoder(): Decoder;
  /** Reads an upstream's answer in one piece; null where it is none. */
  decode(body: unknown): readonly AnswerEvent[] | null;
}

/** One model API, from both of its sides. */
export interface Dialect extends Outbound {
  /** Reads a caller's request; null where it is none, which the remarks tell. */
  read(body: unknown, asked: Asked, remarks: Remarks): Conversation | null;
  /** Writes a stream for the caller. */
  emitter(voice: Voice): Emitter;
  /** Writes an answer in one piece. */
  whole(answer: Answer, voice: Voice): Members;
  /** Writes an error for the caller. */
  error(fault: Fault): Members;
}
