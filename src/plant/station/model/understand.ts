import type { SessionEvent } from '../../../core/station/session-event.ts';
import { at, numberAt, textAt } from '../foreign.ts';
import { errorOf } from '../harness/error-class.ts';
import type { Answered, Protocol } from './protocol.ts';

export type ModelError = SessionEvent & { readonly type: 'error' };

/** What came of one question: an answer, or what went wrong, by the classes that are there for agents too. */
export type Understood = { readonly kind: 'answer'; readonly answer: Answered } | { readonly kind: 'error'; readonly error: ModelError };

/** Understands the line that the asking program told. */
export function understood(line: unknown, protocol: Pick<Protocol, 'read'>): Understood {
  const missing = textAt(line, 'missing');
  if (missing !== '') return failed({ class: 'spawn', message: `no model gateway is reached from the workspace, ${missing} is not set` });
  const code = textAt(line, 'failed');
  if (code !== '') return failed({ class: 'network', message: `the model gateway cannot be reached (${code})` });
  const [status, text] = [numberAt(line, 'status') ?? 0, textAt(line, 'text')];
  if (status !== 200) return { kind: 'error', error: ofStatus(status, text, textAt(line, 'retryAfter')) };
  if (at(line, 'whole') !== true) return failed({ class: 'stream-lost', message: 'the answer broke off, or was longer than any report' });
  const answer = protocol.read(parsed(text));
  if (answer === null) return failed({ class: 'server', message: `this is no answer of a model: ${text.slice(0, 200)}` });
  if (answer.stop === 'declined') return failed({ class: 'refused', message: answer.words || 'the model declined' });
  if (answer.stop === 'length') return failed({ class: 'context-overflow', message: 'the answer was cut at the limit of its length' });
  return { kind: 'answer', answer };
}

function failed({ class: name, message }: Pick<ModelError, 'class' | 'message'>): Understood {
  return { kind: 'error', error: { type: 'error', class: name, status: null, retryAfterMs: null, message } };
}

/** An error as the API words it. Where the way out could not reach the gateway, the network is what failed. */
function ofStatus(status: number, text: string, retryAfter: string): ModelError {
  const body = parsed(text);
  const message = textAt(body, 'error', 'message') || textAt(body, 'message') || text.slice(0, 500) || `status ${status}`;
  const seconds = Number(retryAfter || Number.NaN);
  return errorOf({
    status,
    message: `${textAt(body, 'error', 'code') || textAt(body, 'error', 'type')} ${message}`.trim(),
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : null,
    class: /could not reach the model gateway/.test(message) ? 'network' : /no model gateway is configured/.test(message) ? 'spawn' : null,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Whoever reads it finds nothing in it that he looks for.
    return null;
  }
}
