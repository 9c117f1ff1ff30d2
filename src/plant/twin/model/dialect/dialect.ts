import type { Json } from '../../../../core/base/json.ts';
import type { ModelCall } from '../call.ts';
import type { Reply } from '../reply.ts';

/** How one model API words requests, answers and errors. */
export interface Dialect {
  /** Reads the body of a request; a fault is what the API would find wrong with it. */
  read(body: unknown, asked: Asked): Reading;
  /** The answer to a request that does not stream. */
  whole(reply: Reply): Json;
  /** The same as a stream. */
  frames(reply: Reply, call: ModelCall): readonly Frame[];
  error(error: ApiError): Json;
  /** The frames that tell of an error when the stream has begun. */
  errorFrames(error: ApiError): readonly Frame[];
  tokens(count: number): Json;
}

/** What the address says of a request. */
export interface Asked {
  /** Model in the address; null where the body names it. */
  readonly model: string | null;
  /** Whether the address asks for a stream; null where the body says so. */
  readonly stream: boolean | null;
}

export type Reading = { readonly kind: 'call'; readonly call: ModelCall } | { readonly kind: 'fault'; readonly message: string };

/** One event of a stream. */
export interface Frame {
  /** Name of the event; null for APIs that do not name theirs. */
  readonly event: string | null;
  readonly data: string;
  /** `call`: arguments of a tool call are under way. `end`: it says that the answer is complete. */
  readonly part: 'body' | 'call' | 'end';
}

/** Errors that the APIs tell apart. */
export type ApiErrorKind =
  | 'bad-request'
  | 'login'
  | 'denied'
  | 'unknown'
  | 'too-large'
  | 'rate-limit'
  | 'quota'
  | 'server'
  | 'overloaded'
  | 'context-overflow';

export interface ApiError {
  readonly kind: ApiErrorKind;
  /** HTTP status. */
  readonly status: number;
  readonly message: string;
  /** When to come back, in seconds; null where nothing is said. */
  readonly retryAfter: number | null;
}

/** Makes a frame of an object. */
export function frame(event: string | null, data: Json | object, part: Frame['part'] = 'body'): Frame {
  return { event, data: JSON.stringify(data), part };
}
