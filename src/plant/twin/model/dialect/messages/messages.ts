import type { Json } from '../../../../../core/base/json.ts';
import { type ApiError, type ApiErrorKind, type Dialect, frame } from '../dialect.ts';
import { readMessages } from './read-messages.ts';
import { messageFrames, wholeMessage } from './write-messages.ts';

/** The Messages API of Anthropic. */
export const messages: Dialect = {
  read: readMessages,
  whole: wholeMessage,
  frames: messageFrames,
  error: errorOf,
  errorFrames: (error) => [frame('error', errorOf(error))],
  tokens: (count) => ({ input_tokens: count }),
};

const types: Readonly<Record<ApiErrorKind, string>> = {
  'bad-request': 'invalid_request_error',
  login: 'authentication_error',
  denied: 'permission_error',
  unknown: 'not_found_error',
  'too-large': 'request_too_large',
  'rate-limit': 'rate_limit_error',
  quota: 'billing_error',
  server: 'api_error',
  overloaded: 'overloaded_error',
  'context-overflow': 'invalid_request_error',
};

function errorOf({ kind, message }: ApiError): { readonly [key: string]: Json } {
  return { type: 'error', error: { type: types[kind], message }, request_id: 'req_twin' };
}
