import type { IncomingHttpHeaders } from 'node:http';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import { type KeyForm, showsSecret } from './key-forms.ts';

/** Headers in which somebody proves who he is. */
export const keyHeaders = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'] as const;

/** Headers of one connection, or of the body as it came; and those that would tell an upstream of machines that it has nothing to do with. */
const ownOfOneHop = new Set([
  ...keyHeaders,
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

type Headers = Readonly<Record<string, string>>;

const sessionHeaders = ['x-claude-code-session-id', 'session-id', 'session_id', 'x-session-id', 'x-session-affinity'] as const;

/** The session that a harness names in the head of its requests, where it names one. */
export function sessionIn(headers: IncomingHttpHeaders): string | undefined {
  for (const name of sessionHeaders) {
    const id = headers[name];
    if (typeof id === 'string' && id !== '') return id;
  }
  return undefined;
}

/** Headers that go on with a request within one protocol: all but those of the connection, and none that holds the caller's key. */
export function headersOn(headers: IncomingHttpHeaders, token: string): Headers {
  const on: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (text === undefined || ownOfOneHop.has(name) || name.startsWith('x-forwarded-') || text.includes(token)) continue;
    on[name] = text;
  }
  return on;
}

/** Headers of an answer that go back to the caller: what tells of the answer, and nothing of whose account it is; and the gateway's own. */
export function headersBack(headers: IncomingHttpHeaders, secrets: readonly KeyForm[], own: Headers): Headers {
  const back: Record<string, string> = { ...own };
  for (const [name, value] of Object.entries(headers)) {
    if (Object.hasOwn(own, name)) continue;
    if (typeof value !== 'string' || !isTold(name) || showsSecret(value, secrets)) continue;
    back[name] = value;
  }
  return back;
}

function isTold(name: string): boolean {
  const tells = /^(?:content-type|cache-control|x?-?request-id|anthropic-|openai-|x-ratelimit-|x-goog-)/;
  return tells.test(name) && !/organi[sz]ation|project/.test(name);
}

/**
 * How a provider is told who asks. Whoever speaks Messages beside a protocol of another kind is a server of many tongues, and takes
 * a bearer's key as often as the other.
 */
export function keyHeadersOf(key: string, protocol: Protocol, spoken: readonly Protocol[]): Record<string, string> {
  const bearer = { authorization: `Bearer ${key}` };
  if (protocol === 'generate-content') return { 'x-goog-api-key': key };
  if (protocol !== 'messages') return bearer;
  return spoken.length > 1 ? { ...bearer, 'x-api-key': key } : { 'x-api-key': key };
}
