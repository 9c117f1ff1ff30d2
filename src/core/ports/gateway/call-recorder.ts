import type { Caller } from '../../gateway/budget/budget-rule.ts';
import type { Protocol } from '../../gateway/config/protocol.ts';
import type { Cost } from '../../gateway/money/cost.ts';
import type { MicroUsd } from '../../gateway/money/micro-usd.ts';
import type { SessionNote } from '../../gateway/prefix/session-note.ts';
import type { Usage } from '../../gateway/money/usage.ts';

/** Everything about one call of a model, as it went through the gateway. It holds no key of anybody. */
export interface RecordedCall {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly caller: Caller;
  /** The virtual key that it came with, by an id that opens nothing. */
  readonly key: string;
  /** Protocol of the caller. */
  readonly protocol: Protocol;
  /** What the caller named, a slot, a plan or a model; or where calls with its key go that name none of them. */
  readonly alias: string;
  /** Without the key, wherever the caller put it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came. */
  readonly request: Uint8Array;
  /** Where elements of its lists begin, each a part of its own for whoever keeps it; left out where nobody looked. */
  readonly elements?: readonly number[];
  readonly tries: readonly RecordedTry[];
  readonly answer: RecordedAnswer;
  readonly ended: CallEnd;
  readonly usage: Usage;
  /** Whether tokens are a guess, because the upstream told of none before it ended. */
  readonly estimated: boolean;
  readonly cost: Cost;
  /** The model that was at work for it, by its name here, and where, as `PROVIDER/NAME`; null where none was. */
  readonly by: { readonly model: string; readonly at: string } | null;
  /** Millionths of a US dollar that the cache of the provider saved; below zero where it was only written. Null where nobody knows. */
  readonly saved: MicroUsd | null;
  /** Milliseconds from its coming until its caller had all of the answer. */
  readonly ms: number;
}

/**
 * How a call ended: whole, refused before any answer, broken off in the middle of one, or the caller left. One that is `open` has not
 * ended; of one that is `lost` nobody knows, because its gateway was gone before: tokens of both are those seen so far.
 */
export type CallEnd = 'whole' | 'refused' | 'broken-off' | 'left' | 'open' | 'lost';

/** One try at one upstream. */
export interface RecordedTry {
  /** `PROVIDER/NAME`. */
  readonly at: string;
  readonly lane: 'pass-through' | 'translate';
  readonly ms: number;
  /** `content`, or what went wrong, as failover tells it apart. */
  readonly outcome: string;
  /** How an upstream that refused said so, without keys; left out where it did not refuse. */
  readonly words?: string;
  /** Sent a second time, because the connection that was kept for it closed as it was asked; left out where it was not. */
  readonly resent?: true;
  /** What the request lost in translation. */
  readonly leftOut: readonly string[];
  /** Of the first try: the session of the call, and why it was asked there. */
  readonly session?: SessionNote;
}

export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What went to the caller, with milliseconds since the call came. */
  readonly chunks: readonly { readonly ms: number; readonly bytes: Uint8Array }[];
  /** Bytes of the answer that were too many to keep. */
  readonly bytesDropped: number;
}

/** Takes calls down. It never makes a caller wait: what it has no room for is counted and said, and never lost in silence. */
export interface CallRecorder {
  take(call: RecordedCall): void;
  /**
   * Takes down how far a call is that is `open`, in the place of what was noted of it before; `take` does so with its end. It is known by
   * that if this process is killed meanwhile.
   */
  note(call: RecordedCall): void;
  /** Calls that there was no room for. */
  dropped(): number;
  /** Returns when all that was taken is kept. */
  close(): Promise<void>;
}
