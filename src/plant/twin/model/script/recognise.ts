import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type ModelCall, saidTo } from '../call.ts';

/** What a request shows of the conversation that it belongs to. */
export interface Signs {
  /** Ids of tool calls in its history, and of an answer that it refers to. */
  readonly givenIds: readonly string[];
  /** The conversation that a summary in its history names; null where there is none. */
  readonly summarised: string | null;
  /** What stays the same through the whole conversation. */
  readonly key: string;
  /** The agent itself names the conversation. */
  readonly isNamed: boolean;
  /** The model has said nothing in it yet. */
  readonly isFresh: boolean;
}

/** Headers by which agents, and the gateway, name a conversation. */
const headers = [
  'x-jidoka-conversation',
  'x-claude-code-session-id',
  'thread-id',
  'session-id',
  'session_id',
  'x-session-id',
  'x-session-affinity',
];

/**
 * Reads from a request which conversation it belongs to. The length of the history says nothing: agents summarise it,
 * cut it, and ask again.
 */
export function signsOf(call: ModelCall, sent: IncomingHttpHeaders, body: unknown): Signs {
  const name =
    headers.map((header) => sent[header]).find((value) => typeof value === 'string' && value !== '') ??
    memberOf(body, 'prompt_cache_key')[0];
  const token = tokenOf(sent) ?? '';
  const parts = call.turns.flatMap(({ parts: own }) => own);
  return {
    givenIds: [...memberOf(body, 'previous_response_id'), ...parts.flatMap((part) => (part.kind === 'text' ? [] : [part.id]))],
    summarised: new RegExp(`\\[${markWords} ([0-9a-f]+)\\]`).exec(saidTo(call))?.[1] ?? null,
    key: digest([call.protocol, token, String(name ?? firstWords(call))].join('\0')),
    isNamed: name !== undefined,
    isFresh: !call.turns.some(({ role }) => role === 'assistant'),
  };
}

const markWords = 'twin conversation';

/** Words in a summary by which the conversation is known again. */
export function summaryMark(conversation: string): string {
  return `[${markWords} ${conversation}]`;
}

/** The key that a request bears, whatever header it stands in; null for none. */
export function tokenOf(sent: IncomingHttpHeaders): string | null {
  const bearer = sent.authorization?.replace(/^Bearer\s+/i, '');
  const key = bearer ?? sent['x-api-key'] ?? sent['x-goog-api-key'];
  return typeof key === 'string' && key !== '' ? key : null;
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

/** A text in a body, or nothing. */
function memberOf(body: unknown, name: string): readonly string[] {
  const member: unknown = typeof body === 'object' && body !== null ? Object.entries(body).find(([key]) => key === name)?.[1] : undefined;
  return typeof member === 'string' ? [member] : [];
}

/** The task as the user gave it. */
function firstWords({ turns }: ModelCall): string {
  const first = turns.find(({ role }) => role === 'user');
  return first?.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('\n') ?? '';
}
