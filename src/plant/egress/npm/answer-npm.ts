import type { IncomingMessage } from 'node:http';
import { refuse, say, type Exchange } from '../exchange.ts';
import type { EgressLimits } from '../limits.ts';
import { patienceFor, type Patience } from '../patience.ts';
import type { Refuse } from '../refusals.ts';
import { askUpstream, shortMetadata, wholeMetadata, type Asked } from './ask-upstream.ts';
import type { KnownNames } from './known-names.ts';
import { passOn, toldLength } from './pass-on.ts';
import { routeOf, type Route } from './route.ts';
import type { UpstreamRegistry, Upstreams } from './upstreams.ts';

/** The registries behind one workspace's socket. */
export interface NpmGate {
  readonly upstreams: Upstreams;
  readonly registries: readonly UpstreamRegistry[];
  readonly limits: EgressLimits;
  /** Packages, and tarballs of packages. */
  readonly known: { readonly names: KnownNames; readonly files: KnownNames };
  readonly refuse: Refuse;
}

type Covered = Exclude<Route, { readonly kind: 'refused' }>;

/** Answers one request: by its package's registry where a capability covers it, else by a refusal. */
export async function answerNpm(gate: NpmGate, exchange: Exchange): Promise<void> {
  const { method = '', url = '', headers } = exchange.request;
  const route = routeOf({ method, url, headers });
  if (route.kind === 'refused') return refuse(gate.refuse, exchange, route.why);
  const lists = carried(gate, route);
  const patience = patienceFor(exchange.response, gate.limits.patienceMs);
  const admitted: typeof lists = [];
  let status: number | null = null;
  try {
    for (const [list, name] of lists) {
      if (!(await list.admit(name))) return refuse(gate.refuse, exchange, manyUnknown(gate.limits.unknownNames));
      admitted.push([list, name]);
      if (exchange.response.destroyed) return;
    }
    status = await answerCovered(gate, exchange, { route, patience });
  } finally {
    for (const [list, name] of admitted) list.learn(name, status);
    patience.end();
  }
}

/** What of a request goes out as it came. */
function carried({ known }: NpmGate, route: Covered): [KnownNames, string][] {
  const file: [KnownNames, string][] = route.kind === 'tarball' ? [[known.files, `${route.name}/-/${route.file}`]] : [];
  return [[known.names, route.name], ...file];
}

function manyUnknown(most: number): string {
  return `${most} packages or tarballs were asked for that no registry knows; only what was found before is from now on`;
}

interface Covering {
  readonly route: Covered;
  readonly patience: Patience;
}

/** Resolves with the status that the registry answered; null where it answered nothing. */
async function answerCovered(gate: NpmGate, exchange: Exchange, { route, patience }: Covering): Promise<number | null> {
  const { upstreams, registries, limits } = gate;
  const { request, response } = exchange;
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  const { signal } = patience;
  const headers = headersFor(route, request);
  const asked = await askUpstream({ upstreams, registries, route, method, headers, signal, mostBytes: limits.bodyBytes });
  const status = asked.kind === 'answered' ? asked.status : asked.kind === 'unnamed' ? 404 : null;
  if (response.destroyed) discard(asked);
  else if (asked.kind === 'unnamed') refuse(gate.refuse, exchange, "only tarballs that a package's metadata names");
  else if (asked.kind === 'failed') fail(gate, exchange, asked);
  else if (asked.status >= 300 && asked.status !== 304) unwell(exchange, asked, route.name);
  else if (toldLength(asked) > limits.bodyBytes) {
    discard(asked);
    say(exchange, 502, `jidoka's egress passes on at most ${limits.bodyBytes} bytes, and ${route.name} has ${toldLength(asked)}.`);
  } else await passOn(asked, response, { method, asked: request.headers, mostBytes: limits.bodyBytes, alive: patience.renew });
  return status;
}

/** Nothing of a request goes out but what is chosen here from a few values, and the tag of an answer. */
function headersFor(route: Covered, { headers }: IncomingMessage): Record<string, string> {
  const short = headers.accept?.includes('application/vnd.npm.install-v1+json') === true;
  const accept = route.kind === 'metadata' ? (short ? shortMetadata : wholeMetadata) : '*/*';
  const tag = headers['if-none-match'];
  return { accept, ...(tag !== undefined && /^(W\/)?"[\w+/=.:-]{1,128}"$/.test(tag) && { 'if-none-match': tag }) };
}

function fail(gate: NpmGate, exchange: Exchange, failed: Extract<Asked, { readonly kind: 'failed' }>): void {
  if (failed.class === 'refused') gate.refuse(exchange.request.method ?? '', exchange.request.url ?? '', failed.what);
  const status = failed.class === 'timeout' ? 504 : 502;
  say(exchange, status, `jidoka's egress got no answer from the registry: ${failed.what}.`);
}

/** Says the registry's status on. Its body stays outside: it may quote what was sent to it. */
function unwell(exchange: Exchange, answered: Extract<Asked, { readonly kind: 'answered' }>, name: string): void {
  discard(answered);
  const { status, headers } = answered;
  if (headers['retry-after'] !== undefined) exchange.response.setHeader('retry-after', headers['retry-after']);
  say(exchange, status < 400 ? 502 : status, `The registry answered ${status} for ${name} (through jidoka's egress).`);
}

function discard(asked: Asked): void {
  if (asked.kind === 'answered') asked.body.destroy();
}
