import type { Fault, FaultKind } from '../answer/fault.ts';
import type { Members } from '../protocol.ts';

const types: Readonly<Record<FaultKind, string>> = {
  'bad-request': 'invalid_request_error',
  login: 'authentication_error',
  denied: 'permission_error',
  unknown: 'not_found_error',
  'too-large': 'request_too_large',
  'rate-limit': 'rate_limit_error',
  quota: 'billing_error',
  timeout: 'timeout_error',
  server: 'api_error',
  overloaded: 'overloaded_error',
  'context-overflow': 'invalid_request_error',
  'foreign-thinking': 'invalid_request_error',
  'cache-marks': 'invalid_request_error',
  missing: 'not_found_error',
  flagged: 'invalid_request_error',
  unaffordable: 'billing_error',
  unsupported: 'invalid_request_error',
  malformed: 'api_error',
  cut: 'api_error',
};

/** An error as the Messages API words it. Agents know an overflow by its first words. */
export function messagesError({ kind, message }: Fault): Members {
  const isNew = kind === 'context-overflow' && !message.includes('prompt is too long');
  return { type: 'error', error: { type: types[kind], message: isNew ? `prompt is too long: ${message}` : message } };
}
