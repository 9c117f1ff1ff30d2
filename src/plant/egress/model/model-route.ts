import type { IncomingHttpHeaders } from 'node:http';
import { placeholderKey } from '../environment.ts';

/** What is asked of the model gateway, or why nothing covers it. */
export type ModelRoute =
  | {
      readonly kind: 'covered';
      /** Path below the gateway, with the part of the query that may go out. */
      readonly path: string;
      /** Where keys came with it that are not the job's: 'x-api-key', 'the query'. */
      readonly foreign: readonly string[];
    }
  | { readonly kind: 'refused'; readonly why: string };

interface Requested {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** Reads a request as one for inference, token counts or the list of models; files, batches and all else are refused. */
export function modelRouteOf({ method, url, headers }: Requested): ModelRoute {
  const [whole = '', query = ''] = splitOnce(url, '?');
  const path = whole.slice('/model'.length);
  if (/[^!-~]|#/.test(url)) return { kind: 'refused', why: 'the path is not one of a model gateway' };
  if (!covers(method, path)) {
    return { kind: 'refused', why: 'only inference is passed on to the model gateway: messages, responses, completions, token counts' };
  }
  const parameters = [...new URLSearchParams(query)].filter(([name]) => !isKey(name));
  const unknown = parameters.find(([name, value]) => !isPassed(name, value));
  if (unknown !== undefined) return { kind: 'refused', why: 'the query has a parameter that is not passed on to the model gateway' };
  const rest = new URLSearchParams(parameters).toString();
  return { kind: 'covered', path: rest === '' ? path : `${path}?${rest}`, foreign: foreignKeys(headers, query) };
}

/** Paths are compared as they stand in the request line: but for a comma between models, what is escaped is none of these. */
function covers(method: string, path: string): boolean {
  if (method === 'GET') return path === '/v1/models' || path === '/v1beta/models';
  return method === 'POST' && (posted.has(path) || ofGemini.test(path));
}

const ofGemini = /^\/v1beta\/models\/[A-Za-z0-9](?:[\w.,-]|%2C){0,999}:(?:generateContent|streamGenerateContent|countTokens)$/;

const posted: ReadonlySet<string> = new Set(['/v1/messages', '/v1/messages/count_tokens', '/v1/responses', '/v1/chat/completions']);

function isPassed(name: string, value: string): boolean {
  return /^(alt|beta|limit|after_id|before_id|pageSize|pageToken)$/.test(name) && /^[\w.:+=-]{0,200}$/.test(value);
}

function isKey(name: string): boolean {
  return /^(\$?key|api[-_]?key|(access_?)?token|auth|authorization)$/i.test(name);
}

/** Headers by which somebody proves who he is. None is passed on, whatever it holds. */
const proving = ['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-auth-token', 'cookie'];

function foreignKeys(headers: IncomingHttpHeaders, query: string): readonly string[] {
  const inHead = proving.filter((name) => headers[name] !== undefined && !isPlaceholder(String(headers[name])));
  const inQuery = [...new URLSearchParams(query)].some(([name, value]) => isKey(name) && !isPlaceholder(value));
  return [...inHead, ...(inQuery ? ['the query'] : [])];
}

function isPlaceholder(value: string): boolean {
  return value.replace(/^bearer +/i, '') === placeholderKey;
}

function splitOnce(text: string, at: string): readonly [string, string] {
  const place = text.indexOf(at);
  return place < 0 ? [text, ''] : [text.slice(0, place), text.slice(place + 1)];
}
