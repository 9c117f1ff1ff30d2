import { z } from 'zod';

/** Faults that are an HTTP status with an error of the API; the status is the usual one. */
export const refusals = {
  'bad-request': 400,
  'context-overflow': 400,
  login: 401,
  denied: 403,
  unknown: 404,
  'too-large': 413,
  'rate-limit': 429,
  quota: 429,
  server: 500,
  overloaded: 529,
} as const;

/** Faults of what carries the answer. */
export const breakages = [
  /** A page of HTML, with status 200. */
  'html',
  /** Status 200 and a stream without an event. */
  'empty-stream',
  /** The stream begins and then tells of an error. */
  'error-event',
  /** One line of the stream is no JSON; the rest is whole. */
  'malformed-line',
  /** The stream ends in order, only what says that it is complete is missing. */
  'cut-before-end',
  /** The stream ends in the middle of a tool call's arguments. */
  'cut-in-call',
  /** The connection is dropped before anything is said. */
  'drop',
  /** The connection is dropped in the middle of the stream. */
  'drop-in-stream',
  /** The stream begins, and then nothing more is heard. */
  'silent-stream',
  /** Nothing is ever heard. */
  'no-answer',
] as const;

export type Refusal = keyof typeof refusals;
export type Breakage = (typeof breakages)[number];

const refusalNames = Object.keys(refusals) as [Refusal, ...Refusal[]]; // the keys of a table that is not empty

/** One thing that goes wrong instead of, or with, an answer. */
export const Fault = z.union([
  z.enum([...refusalNames, ...breakages]).transform((kind) => ({ kind })),
  z.strictObject({
    kind: z.enum([...refusalNames, ...breakages]),
    /** HTTP status, for kinds that are one; the usual one where none is given. */
    status: z.number().int().min(400).max(599).optional(),
    /** `Retry-After`, in seconds. */
    retryAfter: z.number().min(0).optional(),
    /** What the error says; usual words where none are given. */
    message: z.string().optional(),
  }),
]);
export type Fault = {
  readonly kind: Refusal | Breakage;
  readonly status?: number | undefined;
  readonly retryAfter?: number | undefined;
  readonly message?: string | undefined;
};

export function isRefusal(kind: Fault['kind']): kind is Refusal {
  return kind in refusals;
}
