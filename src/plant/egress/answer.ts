import type { IncomingMessage, ServerResponse } from 'node:http';
import { askUpstream, shortMetadata, wholeMetadata, type Asked } from './ask-upstream.ts';
import type { KnownNames } from './known-names.ts';
import type { EgressLimits } from './limits.ts';
import { passOn, toldLength } from './pass-on.ts';
import type { Refuse } from './refusals.ts';
import { routeOf, type Route } from './route.ts';
import type { UpstreamRegistry, Upstreams } from './upstreams.ts';

/** What stands behind one workspace's socket. */
export interface Gate {
  readonly upstreams: Upstreams;
  readonly registries: readonly UpstreamRegistry[];
  readonly limits: EgressLimits;
  readonly known: KnownNames;
  readonly refuse: Refuse;
}

/** One request and its response. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

type Covered = Exclude<Route, { readonly kind: 'refused' }>;

/** Answers one request: by its package's registry where a capability covers it, else by a refusal. */
export async function answer(gate: Gate, exchange: Exchange): Promise<void> {
  const { method = '', url = '', headers } = exchange.request;
  const route = routeOf({ method, url, headers });
  if (route.kind === 'refused') return refuse(gate, exchange, route.why);
  if (!gate.known.mayAsk(route.name)) {
    return refuse(
      gate,
      exchange,
      `${gate.limits.unknownNames} packages were asked for that no registry knows; only known ones are from now on`,
    );
  }
  const patience = patienceFor(exchange.response, gate.limits.patienceMs);
  try {
    await answerCovered(gate, exchange, { route, patience });
  } finally {
    patience.end();
  }
}

/** Refuses with a body that npm shows to its user, and closes the connection: what else is on it is not looked at. */
export function refuse(gate: Pick<Gate, 'refuse'>, { request, response }: Exchange, why: string): void {
  gate.refuse(request.method ?? '', request.url ?? '', why);
  response.setHeader('connection', 'close');
  say(response, 403, refusalText(why));
}

/** What whoever was refused is told. */
export function refusalText(why: string): string {
  return `jidoka's egress refused this: ${why}.`;
}

interface Covering {
  readonly route: Covered;
  readonly patience: Patience;
}

async function answerCovered(gate: Gate, exchange: Exchange, { route, patience }: Covering): Promise<void> {
  const { upstreams, registries, limits, known } = gate;
  const { request, response } = exchange;
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  const { signal } = patience;
  const headers = headersFor(route, request);
  const asked = await askUpstream({ upstreams, registries, route, method, headers, signal, mostBytes: limits.bodyBytes });
  if (response.destroyed) return discard(asked);
  if (asked.kind === 'unnamed') return refuse(gate, exchange, "only tarballs that a package's metadata names");
  if (asked.kind === 'failed') return fail(gate, exchange, asked);
  known.learn(route.name, asked.status);
  if (asked.status >= 300 && asked.status !== 304) return unwell(response, asked, route.name);
  if (toldLength(asked) > limits.bodyBytes) {
    discard(asked);
    return say(response, 502, `jidoka's egress passes on at most ${limits.bodyBytes} bytes, and ${route.name} has ${toldLength(asked)}.`);
  }
  await passOn(asked, response, { method, asked: request.headers, mostBytes: limits.bodyBytes, alive: patience.renew });
}

/** Nothing of a request goes out but what is chosen here from a few values, and the tag of an answer. */
function headersFor(route: Covered, { headers }: IncomingMessage): Record<string, string> {
  const short = headers.accept?.includes('application/vnd.npm.install-v1+json') === true;
  const accept = route.kind === 'metadata' ? (short ? shortMetadata : wholeMetadata) : '*/*';
  const tag = headers['if-none-match'];
  return { accept, ...(tag !== undefined && /^(W\/)?"[\w+/=.:-]{1,128}"$/.test(tag) && { 'if-none-match': tag }) };
}

function fail(gate: Gate, { request, response }: Exchange, failed: Extract<Asked, { readonly kind: 'failed' }>): void {
  if (failed.class === 'refused') gate.refuse(request.method ?? '', request.url ?? '', failed.what);
  const status = failed.class === 'timeout' ? 504 : 502;
  say(response, status, `jidoka's egress got no answer from the registry: ${failed.what}.`);
}

/** Says the registry's status on. Its body stays outside: it may quote what was sent to it. */
function unwell(response: ServerResponse, answered: Extract<Asked, { readonly kind: 'answered' }>, name: string): void {
  discard(answered);
  const { status, headers } = answered;
  if (headers['retry-after'] !== undefined) response.setHeader('retry-after', headers['retry-after']);
  say(response, status < 400 ? 502 : status, `The registry answered ${status} for ${name} (through jidoka's egress).`);
}

function discard(asked: Asked): void {
  if (asked.kind === 'answered') asked.body.destroy();
}

function say(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
}

/** Ends what takes too long, and what nobody waits for any more. */
interface Patience {
  readonly signal: AbortSignal;
  readonly renew: () => void;
  end(): void;
}

function patienceFor(response: ServerResponse, ms: number): Patience {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ms);
  const gone = (): void => {
    if (!response.writableFinished) controller.abort();
  };
  response.once('close', gone);
  return {
    signal: controller.signal,
    renew: () => void timer.refresh(),
    end() {
      clearTimeout(timer);
      response.off('close', gone);
    },
  };
}
