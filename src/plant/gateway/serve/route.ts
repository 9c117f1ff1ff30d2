import type { IncomingHttpHeaders } from 'node:http';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';

/** What an address asks of the gateway. */
export type Route =
  | {
      readonly kind: 'ask';
      readonly protocol: Protocol;
      readonly what: 'answer' | 'count';
      /** Where the address names them; null where the body does. */
      readonly model: string | null;
      readonly stream: boolean | null;
    }
  | { readonly kind: 'models'; readonly shape: 'data' | 'models'; readonly name: string | null }
  | { readonly kind: 'unknown' };

/** An address, taken apart. */
export interface Address {
  /** The key that it holds as its first segment, `/g/KEY/v1/messages`, or as a `key` behind the question mark. */
  readonly token: string | null;
  /** Without the key. */
  readonly path: string;
  /** What follows the question mark, without the key. */
  readonly query: string;
}

/** The protocol that an address and its headers speak, whatever is asked there: errors are told in its words. */
export function protocolAt(route: Route, path: string, headers: IncomingHttpHeaders): Protocol {
  if (route.kind === 'ask') return route.protocol;
  if (/^\/v1(?:beta|alpha)\//.test(path)) return 'generate-content';
  if (headers['anthropic-version'] !== undefined || /^(?:\/v1)?\/messages\b/.test(path)) return 'messages';
  return /^(?:\/v1)?\/responses\b/.test(path) ? 'responses' : 'chat';
}

export function addressParts(url: string): Address {
  const at = url.indexOf('?');
  const whole = at === -1 ? url : url.slice(0, at);
  const asked = (at === -1 ? '' : url.slice(at + 1)).split('&').filter((part) => part !== '');
  const inQuery = asked.find((part) => part.startsWith('key='))?.slice(4) ?? null;
  const [, inPath = null, rest = whole] = /^\/g\/([^/]+)(\/.*|$)/.exec(whole) ?? [];
  return { token: inPath ?? inQuery, path: rest, query: asked.filter((part) => !part.startsWith('key=')).join('&') };
}

const asks: Readonly<Record<string, Pick<Extract<Route, { kind: 'ask' }>, 'protocol' | 'what'>>> = {
  '/messages': { protocol: 'messages', what: 'answer' },
  '/messages/count_tokens': { protocol: 'messages', what: 'count' },
  '/responses': { protocol: 'responses', what: 'answer' },
  '/chat/completions': { protocol: 'chat', what: 'answer' },
};
const verbs: Readonly<Record<string, Pick<Extract<Route, { kind: 'ask' }>, 'what' | 'stream'>>> = {
  generateContent: { what: 'answer', stream: false },
  streamGenerateContent: { what: 'answer', stream: true },
  countTokens: { what: 'count', stream: null },
};

/** What a method and a path ask for; clients write the version of an API into their base, or leave it out. */
export function routeOf(method: string, path: string): Route {
  const [, version = '', rest = ''] = /^(\/v1(?:beta|alpha)?)?(\/.*?)\/?$/.exec(path) ?? [];
  if (method === 'POST') return askOf(rest);
  const [, name = null] = /^\/models\/(.+)$/.exec(rest) ?? [];
  if (method !== 'GET' || (rest !== '/models' && name === null)) return { kind: 'unknown' };
  return { kind: 'models', shape: version === '' || version === '/v1' ? 'data' : 'models', name: name === null ? null : decoded(name) };
}

function askOf(path: string): Route {
  const ask = Object.hasOwn(asks, path) ? asks[path] : undefined;
  if (ask !== undefined) return { kind: 'ask', ...ask, model: null, stream: null };
  const [, model = null, word = ''] = /^\/models\/(.+):([A-Za-z]+)$/.exec(path) ?? [];
  const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  if (model === null || verb === undefined) return { kind: 'unknown' };
  return { kind: 'ask', protocol: 'generate-content', ...verb, model: decoded(model) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
