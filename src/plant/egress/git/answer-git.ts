import { bodyOf, UnreadableBody, type Body } from '../body.ts';
import { hasBody, refuse, say, type Exchange } from '../exchange.ts';
import { patienceFor, type Patience } from '../patience.ts';
import { refusesFetch } from './fetch-wants.ts';
import { tellEnd, type GitExchange, type GitGate } from './git-exchange.ts';
import { gitRouteOf, type GitRoute } from './git-route.ts';
import { lookAt } from './look-at.ts';
import { flushPkt, pktLine } from './pkt-line.ts';
import { passService, speaksSecond, startService } from './git-server.ts';
import { takePush } from './take-push.ts';

/** Serves fetches of the base and of the job's own refs, and pushes to those. */
export async function answerGit(gate: GitGate, exchange: Exchange): Promise<void> {
  const { method = '', url = '' } = exchange.request;
  const route = gitRouteOf({ method, url });
  if (route.kind === 'refused') return refuse(gate.refuse, exchange, route.why);
  if (route.name !== gate.job) return refuse(gate.refuse, exchange, "no repository is here but the job's own");
  const patience = patienceFor(exchange.response, gate.limits.patienceMs);
  try {
    await gate.turns.inTurn(() => serve(gate, exchange, { route, patience }));
  } finally {
    patience.end();
  }
}

interface Serving {
  readonly route: Extract<GitRoute, { readonly kind: 'covered' }>;
  readonly patience: Patience;
}

async function serve(gate: GitGate, exchange: Exchange, { route, patience }: Serving): Promise<void> {
  const { signal } = patience;
  if (signal.aborted) return say(exchange, 503, 'jidoka does no more at once with the repository of this job.');
  const repository = (await gate.repositories?.repository(gate.job)) ?? null;
  if (repository === null) return refuse(gate.refuse, exchange, 'this job has no repository');
  const seen = await lookAt({ repository, path: gate.path, signal });
  if (exchange.response.destroyed) return;
  if (seen.kind === 'unfit') return refuse(gate.refuse, exchange, seen.why);
  const said = exchange.request.headers['git-protocol'];
  const { service, step } = route;
  const protocol = typeof said === 'string' ? said : null;
  const order = { repository, path: gate.path, service, step, protocol, pushBytes: gate.limits.pushBytes, signal };
  const one = { gate, exchange, repository, seen, order, patience };
  if (step === 'refs') return showRefs(one);
  const body = bodyFor(exchange, patience);
  if (body === null) return refuse(gate.refuse, exchange, 'a body comes as it is, or compressed by gzip');
  try {
    return await (service === 'upload-pack' ? giveFetched(one, body) : takePush(one, body));
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    if (!exchange.response.destroyed) refuse(gate.refuse, exchange, 'the body cannot be read');
  }
}

async function showRefs(one: GitExchange): Promise<void> {
  const { gate, exchange, order, patience } = one;
  if (hasBody(exchange.request)) return refuse(gate.refuse, exchange, 'a request has no body');
  const git = startService(order);
  git.stdin.end();
  const before = speaksSecond(order)
    ? Buffer.alloc(0)
    : Buffer.concat([pktLine(`# service=git-${order.service}\n`), Buffer.from(flushPkt)]);
  const type = `application/x-git-${order.service}-advertisement`;
  tellEnd(one, await passService(git, exchange, { type, before, mostBytes: gate.limits.bodyBytes, patience }));
}

/** Bytes of the longest request of a fetch: what the client wants, and what it has. */
const longestFetch = 4 * 1024 * 1024;

async function giveFetched(one: GitExchange, body: Body): Promise<void> {
  const { gate, exchange, order, seen, patience } = one;
  const request = await wholeOf(body);
  const why = request === null ? `a fetch is asked for in at most ${longestFetch} bytes` : refusesFetch(request, seen.tips);
  if (request === null || why !== null) return refuse(gate.refuse, exchange, why ?? '');
  const git = startService(order);
  git.stdin.end(request);
  const type = 'application/x-git-upload-pack-result';
  tellEnd(one, await passService(git, exchange, { type, before: Buffer.alloc(0), mostBytes: gate.limits.bodyBytes, patience }));
}

function bodyFor(exchange: Exchange, patience: Patience): Body | null {
  const encoding = exchange.request.headers['content-encoding'] ?? 'identity';
  if (!/^(identity|(x-)?gzip)$/.test(encoding)) return null;
  return bodyOf(exchange, { signal: patience.signal, alive: patience.renew, gunzipped: encoding !== 'identity' });
}

async function wholeOf(body: Body): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (let piece = await body.next(); piece !== null; piece = await body.next()) {
    bytes += piece.length;
    if (bytes > longestFetch) {
      await body.leave();
      return null;
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
