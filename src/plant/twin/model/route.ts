import type { Protocol } from './call.ts';

/** What an address asks for. */
export type Route =
  | { readonly kind: 'answer'; readonly protocol: Protocol; readonly model: string | null; readonly stream: boolean | null }
  | { readonly kind: 'count'; readonly protocol: Protocol; readonly model: string | null }
  | { readonly kind: 'models'; readonly form: 'list' | 'gemini'; readonly model: string | null }
  | { readonly kind: 'hello' }
  | { readonly kind: 'unknown' };

const endings: readonly (readonly [string, Protocol])[] = [
  ['/messages', 'messages'],
  ['/responses', 'responses'],
  ['/chat/completions', 'chat'],
];

/** Reads an address. A path before `/v1` is the base that a gateway or a user chose, and ignored. */
export function routeOf(method: string, url: string): Route {
  const path = url.split('?', 1)[0] ?? '';
  if (method === 'GET' || method === 'HEAD') return lookingRoute(path);
  if (method !== 'POST') return { kind: 'unknown' };
  const gemini = /\/models\/([^/]+):(generateContent|streamGenerateContent|countTokens)$/.exec(path);
  if (gemini !== null) {
    const [, model = '', verb] = gemini;
    return verb === 'countTokens'
      ? { kind: 'count', protocol: 'gemini', model: plain(model) }
      : { kind: 'answer', protocol: 'gemini', model: plain(model), stream: verb === 'streamGenerateContent' };
  }
  if (path.endsWith('/messages/count_tokens')) return { kind: 'count', protocol: 'messages', model: null };
  const [, protocol = null] = endings.find(([ending]) => path.endsWith(ending)) ?? [];
  return protocol === null ? { kind: 'unknown' } : { kind: 'answer', protocol, model: null, stream: null };
}

function lookingRoute(path: string): Route {
  const models = /\/(v1beta\/)?models(?:\/(.+))?$/.exec(path);
  if (models !== null) return { kind: 'models', form: models[1] === undefined ? 'list' : 'gemini', model: models[2] ?? null };
  return path === '/' ? { kind: 'hello' } : { kind: 'unknown' };
}

/** A name that is escaped wrongly stays as it is. */
function plain(name: string): string {
  return URL.canParse(`http://twin/${name}`) && /^(?:[^%]|%[0-7][0-9a-f])*$/i.test(name) ? decodeURIComponent(name) : name;
}
