import type { Fault, FaultKind } from '../answer/fault.ts';
import type { Members } from '../protocol.ts';

const statuses: Readonly<Record<FaultKind, string>> = {
  'bad-request': 'INVALID_ARGUMENT',
  login: 'UNAUTHENTICATED',
  denied: 'PERMISSION_DENIED',
  unknown: 'NOT_FOUND',
  'too-large': 'INVALID_ARGUMENT',
  'rate-limit': 'RESOURCE_EXHAUSTED',
  quota: 'RESOURCE_EXHAUSTED',
  timeout: 'DEADLINE_EXCEEDED',
  server: 'INTERNAL',
  overloaded: 'UNAVAILABLE',
  'context-overflow': 'INVALID_ARGUMENT',
  'foreign-thinking': 'INVALID_ARGUMENT',
  'cache-marks': 'INVALID_ARGUMENT',
  missing: 'NOT_FOUND',
  flagged: 'INVALID_ARGUMENT',
  unaffordable: 'RESOURCE_EXHAUSTED',
  unsupported: 'INVALID_ARGUMENT',
  malformed: 'UNAVAILABLE',
  cut: 'UNAVAILABLE',
};

/** An error as the API words it. When to come back is said in the error itself, and agents know an overflow by its words. */
export function geminiError({ kind, status, message, retryAfter }: Fault): Members {
  const details = retryAfter === null ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfter}s` }];
  const isNew = kind === 'context-overflow' && !/input token count .*exceeds/i.test(message);
  const told = isNew ? `The input token count exceeds the maximum number of tokens allowed. ${message}` : message;
  return { error: { code: status, message: told, status: statuses[kind], details } };
}
