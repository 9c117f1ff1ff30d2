import { mkdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type fetch from 'make-fetch-happen';
import { onceUnlessFailed } from '../../core/base/once-unless-failed.ts';
import { failureOf } from './failure.ts';
import { pathsOf, type Paths } from './redirects/paths.ts';
import type { SettingsSource } from './settings.ts';

export interface UpstreamsOptions extends SettingsSource {
  /** Folder in which answers are kept as HTTP allows, made for the factory alone; without it nothing is kept. */
  readonly cacheFolder?: string;
}

/** A registry that npm's settings name; scope null is the default one. Its URL ends in a slash. */
export interface OwnersRegistry {
  readonly scope: string | null;
  readonly url: string;
}

export interface Question {
  readonly registry: OwnersRegistry;
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** An answer whose body is decoded, or why there is none, in words that quote nothing. */
export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Readable }
  | { readonly kind: 'failed'; readonly class: 'network' | 'timeout' | 'refused'; readonly what: string };

/** Registries to whom raw questions are put, on behalf of somebody who must not know the credentials. */
export interface NpmUpstreams {
  registries(): Promise<readonly OwnersRegistry[]>;
  get(url: string, question: Question): Promise<Answer>;
}

/**
 * Reaches registries as npm's own settings say: credentials, certificates, proxies. Settings are read at the first
 * question. A redirect is followed, and a URL off the registry's own host asked, only where it leads out: to a public
 * address, or to a private one where the registry's is private too; never to this machine.
 *
 * @example
 * const upstreams = npmUpstreams({ cwd: home, env: process.env, cacheFolder: join(home, 'registry-cache') });
 * await upstreams.registries(); // [{ scope: null, url: 'https://npm.example.com/' }]
 */
export function npmUpstreams(options: UpstreamsOptions): NpmUpstreams {
  const opened = onceUnlessFailed(() => openDoor(options));
  return {
    registries: async () => (await opened()).registries,
    get: async (url, question) => follow(await opened(), url, question),
  };
}

interface Door {
  readonly fetch: typeof fetch;
  readonly getAuth: (url: string, settings: Record<string, unknown>) => Credentials;
  /** npm's settings, flat. */
  readonly flat: Record<string, unknown>;
  readonly registries: readonly OwnersRegistry[];
  readonly paths: Paths;
  readonly cacheFolder: string | undefined;
}

interface Credentials {
  readonly token: string | null;
  readonly auth: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

async function openDoor(options: UpstreamsOptions): Promise<Door> {
  const [{ default: makeFetchHappen }, { default: getAuth }, { readSettings }] = await Promise.all([
    import('make-fetch-happen'),
    import('npm-registry-fetch/lib/auth.js'),
    import('./settings.ts'),
  ]);
  const flat = await readSettings(options);
  const { cacheFolder, env } = options;
  // npm's way to keep answers may write down what a request was told apart by, credentials with it.
  if (cacheFolder !== undefined) await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  return { fetch: makeFetchHappen, getAuth, flat, registries: registriesIn(flat), paths: pathsOf(flat, env), cacheFolder };
}

function registriesIn(flat: Record<string, unknown>): readonly OwnersRegistry[] {
  const all = Object.entries(flat).flatMap(([key, value]) => {
    const [, scope] = /^(@[^:]+):registry$/.exec(key) ?? [];
    return scope === undefined || typeof value !== 'string' || !URL.canParse(value) ? [] : [{ scope, url: slashed(value) }];
  });
  // npm asks the registry of its `scope` setting for packages without a scope.
  const own = typeof flat['scope'] === 'string' ? `@${flat['scope'].replace(/^@/, '')}` : null;
  const first = all.find(({ scope }) => scope === own)?.url ?? slashed(String(flat['registry']));
  return [{ scope: null, url: first }, ...all];
}

function slashed(url: string): string {
  return `${url.trim().replace(/\/+$/, '')}/`;
}

const mostRedirects = 8;

async function follow(door: Door, url: string, question: Question): Promise<Answer> {
  try {
    let at = url;
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      const refusal = await door.paths.refuses(at, question.registry.url);
      if (refusal !== null) return { kind: 'failed', class: 'refused', what: refusal };
      const fetched = await ask(door, at, question);
      const next = redirectOf(fetched, at);
      if (next === null) return answered(fetched);
      fetched.body.destroy();
      at = next;
    }
    return { kind: 'failed', class: 'network', what: `more than ${mostRedirects} redirects` };
  } catch (error) {
    const { class: kind, what } = failureOf(error);
    const refused = what === 'EADDRESSREFUSED';
    const why = 'a registry leads to an address inside, where it is not itself';
    return { kind: 'failed', class: refused ? 'refused' : kind === 'timeout' ? 'timeout' : 'network', what: refused ? why : what };
  }
}

type Fetched = Awaited<ReturnType<typeof fetch>>;

/** Retries are npm's, on the other side: it knows how often and how long. */
async function ask(door: Door, url: string, { registry, method, headers, signal }: Question): Promise<Fetched> {
  const { flat } = door;
  const credentials = credentialsFor(door, url, registry.url);
  const agent = await door.paths.agentFor(url, registry.url);
  // What is kept is asked for whole; whether it is news to whoever asks is found from it.
  const { 'if-none-match': _tag, ...unconditional } = headers;
  return door.fetch(url, {
    method,
    headers: {
      ...(door.cacheFolder === undefined ? headers : unconditional),
      'user-agent': String(flat['userAgent']),
      ...credentials.headers,
    },
    redirect: 'manual',
    signal,
    retry: { retries: 0 },
    ca: flat['ca'],
    cert: credentials.cert ?? flat['cert'],
    key: credentials.key ?? flat['key'],
    localAddress: flat['localAddress'],
    maxSockets: flat['maxSockets'],
    noProxy: flat['noProxy'],
    proxy: flat['httpsProxy'] ?? flat['proxy'],
    strictSSL: flat['strictSSL'],
    ...(agent !== null && { agent }),
    ...(door.cacheFolder !== undefined && { cachePath: door.cacheFolder }),
  });
}

/** npm's rule: what the settings hold for the URL, or on the registry's host for the registry. Never from TLS into the open. */
function credentialsFor({ getAuth, flat }: Door, url: string, registry: string) {
  if (new URL(registry).protocol === 'https:' && new URL(url).protocol === 'http:') return { headers: {}, cert: null, key: null };
  const { token, auth, cert, key } = getAuth(url, { ...flat, registry, spec: undefined });
  const authorization = token === null ? (auth === null ? null : `Basic ${auth}`) : `Bearer ${token}`;
  return { headers: authorization === null ? {} : { authorization }, cert, key };
}

function redirectOf({ status, headers }: Fetched, from: string): string | null {
  const location = headers.get('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === null || !URL.canParse(location, from)) return null;
  return new URL(location, from).href;
}

function answered({ status, headers, body }: Fetched): Answer {
  return { kind: 'answered', status, headers: Object.fromEntries(headers), body: Readable.from(body, { objectMode: false }) };
}
