import type { Fault, FaultKind } from '../answer/fault.ts';
import type { Members } from '../protocol.ts';

const codes: Readonly<Record<FaultKind, { readonly type: string; readonly code: string | null }>> = {
  'bad-request': { type: 'invalid_request_error', code: null },
  login: { type: 'invalid_request_error', code: 'invalid_api_key' },
  denied: { type: 'invalid_request_error', code: 'permission_denied' },
  unknown: { type: 'invalid_request_error', code: 'model_not_found' },
  'too-large': { type: 'invalid_request_error', code: 'request_too_large' },
  'rate-limit': { type: 'requests', code: 'rate_limit_exceeded' },
  quota: { type: 'insufficient_quota', code: 'insufficient_quota' },
  timeout: { type: 'server_error', code: 'timeout' },
  server: { type: 'server_error', code: 'server_error' },
  overloaded: { type: 'server_error', code: 'server_is_overloaded' },
  'context-overflow': { type: 'invalid_request_error', code: 'context_length_exceeded' },
  'foreign-thinking': { type: 'invalid_request_error', code: null },
  'cache-marks': { type: 'invalid_request_error', code: null },
  missing: { type: 'invalid_request_error', code: null },
  flagged: { type: 'invalid_request_error', code: 'content_policy_violation' },
  unaffordable: { type: 'insufficient_quota', code: 'insufficient_quota' },
  unsupported: { type: 'invalid_request_error', code: null },
  malformed: { type: 'server_error', code: 'server_error' },
  cut: { type: 'server_error', code: 'server_error' },
};

/** An error as both APIs of OpenAI word it. */
export function openaiError({ kind, message }: Fault): { readonly error: Members } {
  return { error: { message, ...codes[kind], param: null } };
}
