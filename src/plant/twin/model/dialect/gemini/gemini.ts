import type { Json } from '../../../../../core/base/json.ts';
import { type ApiError, type ApiErrorKind, type Dialect, frame } from '../dialect.ts';
import { readGemini } from './read-gemini.ts';
import { contentFrames, wholeContent } from './write-gemini.ts';

/** The generateContent API of Gemini. */
export const gemini: Dialect = {
  read: readGemini,
  whole: wholeContent,
  frames: contentFrames,
  error: errorOf,
  errorFrames: (error) => [frame(null, errorOf(error))],
  tokens: (count) => ({ totalTokens: count }),
};

const statuses: Readonly<Record<ApiErrorKind, string>> = {
  'bad-request': 'INVALID_ARGUMENT',
  login: 'UNAUTHENTICATED',
  denied: 'PERMISSION_DENIED',
  unknown: 'NOT_FOUND',
  'too-large': 'INVALID_ARGUMENT',
  'rate-limit': 'RESOURCE_EXHAUSTED',
  quota: 'RESOURCE_EXHAUSTED',
  server: 'INTERNAL',
  overloaded: 'UNAVAILABLE',
  'context-overflow': 'INVALID_ARGUMENT',
};

/** When to come back is said in the error itself. */
function errorOf({ kind, status, message, retryAfter }: ApiError): Json {
  const details = retryAfter === null ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfter}s` }];
  return { error: { code: status, message, status: statuses[kind], details } };
}
