import { assertNever } from '../../../../core/base/assert-never.ts';
import type { ModelCall } from '../call.ts';
import type { ApiError } from '../dialect/dialect.ts';
import { type Fault, isRefusal, type Refusal, refusals } from '../scenario/fault.ts';
import { promptTokens } from '../script/usage.ts';

/** The error that a fault shows. A stream that breaks off with one tells of an overloaded server. */
export function apiErrorOf({ kind, status, retryAfter, message }: Fault, call: ModelCall): ApiError {
  const shown = isRefusal(kind) ? kind : 'overloaded';
  return {
    kind: shown,
    status: status ?? usualStatus(shown, call),
    message: message ?? usualMessage(shown, call),
    retryAfter: retryAfter ?? null,
  };
}

/** 529 is a status of one API alone. */
function usualStatus(kind: Refusal, { protocol }: ModelCall): number {
  return kind === 'overloaded' && protocol !== 'messages' ? 503 : refusals[kind];
}

function usualMessage(kind: Refusal, call: ModelCall): string {
  if (kind === 'context-overflow') return overflowMessage(call);
  if (kind === 'unknown') return `model: ${call.model}`;
  return messages[kind];
}

const messages: Readonly<Record<Exclude<Refusal, 'context-overflow' | 'unknown'>, string>> = {
  'bad-request': 'The request is not valid, as the scenario has it.',
  login: 'The API key is not valid.',
  denied: 'This key has no access to the resource.',
  'too-large': 'The request is larger than the server takes.',
  'rate-limit': 'Rate limit reached. Come back later.',
  quota: 'You exceeded your current quota, please check your plan and billing details.',
  server: 'Internal server error',
  overloaded: 'Overloaded',
};

/** Agents know an overflow by these words. */
function overflowMessage({ protocol, chunks }: ModelCall): string {
  const tokens = promptTokens(chunks);
  const most = Math.max(1, tokens - 1);
  switch (protocol) {
    case 'messages':
      return `prompt is too long: ${tokens} tokens > ${most} maximum`;
    case 'responses':
      return 'Your input exceeds the context window of this model. Please adjust your input and try again.';
    case 'chat':
      return `This model's maximum context length is ${most} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`;
    case 'gemini':
      return `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${most}).`;
    default:
      return assertNever(protocol);
  }
}
