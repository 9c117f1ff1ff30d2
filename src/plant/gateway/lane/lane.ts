import type { Piece } from '../../../core/gateway/failover/hold-back.ts';
import type { Fault, Usage } from '../translate/index.ts';

/** Part of an answer: what it is, and what goes to the caller for it; of an error that is the error in his own protocol. */
export interface LanePart {
  readonly piece: Piece;
  readonly out: Buffer | string;
}

/** What an answer told so far. */
export interface Told {
  /** Null where the upstream told of none. */
  readonly usage: Usage | null;
  readonly fault: Fault | null;
  /** Characters of what the model said. */
  readonly said: number;
}

/** The way of one answer through the gateway: handed on as it is, or translated. */
export interface Lane {
  readonly kind: 'pass-through' | 'translate';
  /** What a stream to the caller is, as its head tells. */
  readonly type: string;
  /** Takes bytes of a stream. */
  take(bytes: Buffer): LanePart;
  /** The stream is over. */
  end(): LanePart;
  /** Whether the upstream told of the end of its stream, though that may still be open. */
  isWhole(): boolean;
  /** Ends what the caller has heard already with a whole error of his protocol. */
  breakOff(fault: Fault): string;
  /** Takes an answer in one piece. */
  whole(text: string): LanePart;
  told(): Told;
}

/** A stream of server-sent events. */
export const eventStream = 'text/event-stream; charset=utf-8';
