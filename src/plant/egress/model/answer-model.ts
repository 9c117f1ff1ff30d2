import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ModelTarget, ModelUpstream } from '../../../core/ports/egress.ts';
import { bodyOf } from '../body.ts';
import { hasBody, refuse, say, type Exchange } from '../exchange.ts';
import type { EgressLimits } from '../limits.ts';
import { patienceFor, type Patience } from '../patience.ts';
import type { Refuse } from '../refusals.ts';
import { askModel, type ModelAnswer } from './ask-model.ts';
import { modelRouteOf } from './model-route.ts';
import { headInward, headOutward } from './passed-heads.ts';
import { hasSecret, secretsOf, withoutSecrets, type Secrets } from './secrets-out.ts';

/** The model gateway behind one workspace's socket. */
export interface ModelGate {
  readonly job: string;
  readonly upstream: ModelUpstream | null;
  readonly limits: EgressLimits;
  readonly refuse: Refuse;
}

/** Passes a request for inference on to the model gateway, with the factory's key, and its answer back as it comes. */
export async function answerModel(gate: ModelGate, exchange: Exchange): Promise<void> {
  const { method = '', url = '', headers } = exchange.request;
  const route = modelRouteOf({ method, url, headers });
  if (route.kind === 'refused') return refuse(gate.refuse, exchange, route.why);
  const asked = { job: gate.job, path: route.path, headers: headOutward(headers) };
  const target = goalOf((await gate.upstream?.target(asked)) ?? noGateway);
  if (target.kind === 'none') return refuse(gate.refuse, exchange, target.why);
  for (const place of route.foreign) gate.refuse(method, url, `a key that is not the job's came in ${place}; it was taken off`);
  if (Number(headers['content-length'] ?? 0) > gate.limits.promptBytes) return tooLong(gate, exchange);
  const patience = patienceFor(exchange.response, gate.limits.modelPatienceMs);
  try {
    await relay(gate, exchange, { target, head: asked.headers, patience });
  } finally {
    patience.end();
  }
}

const noGateway: ModelTarget = { kind: 'none', why: 'no model gateway is configured' };

type Goal =
  | {
      readonly kind: 'at';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly secrets: Secrets;
    }
  | { readonly kind: 'none'; readonly why: string };

/** Neither the gateway's place nor what is wrong with it is told inside. */
function goalOf(target: ModelTarget): Goal {
  if (target.kind === 'none') return target;
  const { base, path, proof, headers = {} } = target;
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
    return { kind: 'none', why: 'the model gateway is configured with what is no http URL' };
  }
  return { kind: 'at', url: `${base.replace(/\/+$/, '')}${path}`, headers: { ...headers, ...proof }, secrets: secretsOf(base, proof) };
}

interface Relay {
  readonly target: Extract<Goal, { readonly kind: 'at' }>;
  readonly head: Readonly<Record<string, string>>;
  readonly patience: Patience;
}

async function relay(gate: ModelGate, exchange: Exchange, { target, head, patience }: Relay): Promise<void> {
  const { request, response } = exchange;
  const { signal } = patience;
  const body = hasBody(request) ? bodyOf(exchange, { signal, alive: patience.renew }) : null;
  const length = request.headers['content-length'];
  const headers = {
    ...head,
    ...(body !== null && length !== undefined && { 'content-length': length }),
    ...target.headers,
  };
  const mostBytes = gate.limits.promptBytes;
  const asked = await askModel({ url: target.url, method: request.method ?? '', headers, body, mostBytes, signal });
  if (asked.kind === 'answered') return passAnswer(gate, exchange, { asked, target, head, patience });
  if (response.destroyed) return;
  if (asked.kind === 'too-long') return tooLong(gate, exchange);
  if (signal.aborted)
    return say(exchange, 504, `jidoka's egress got no answer from the model gateway in ${gate.limits.modelPatienceMs} ms.`);
  say(exchange, 502, `jidoka's egress could not reach the model gateway (${asked.code}).`);
}

function tooLong(gate: ModelGate, exchange: Exchange): void {
  const { request } = exchange;
  const why = `a request to the model gateway has at most ${gate.limits.promptBytes} bytes`;
  gate.refuse(request.method ?? '', request.url ?? '', why);
  say(exchange, 413, `jidoka's egress refused this: ${why}.`);
}

interface Answered extends Relay {
  readonly asked: Extract<ModelAnswer, { readonly kind: 'answered' }>;
}

/** Errors of the gateway come in as they are, but for those in which it speaks of the factory's own key or place. */
async function passAnswer(gate: ModelGate, exchange: Exchange, { asked: { answer }, target, patience }: Answered): Promise<void> {
  const status = answer.statusCode ?? 502;
  const own = ownWords(answer);
  if (own !== null) {
    answer.destroy();
    return say(exchange, status < 400 ? 502 : status, own);
  }
  const { request, response } = exchange;
  patience.renew();
  if (hasBody(request) && !request.complete) response.setHeader('connection', 'close');
  const heads = Object.entries(headInward(answer.headers)).filter(([, value]) => !hasSecret(target.secrets, value));
  response.writeHead(status, Object.fromEntries(heads));
  response.flushHeaders();
  try {
    await pipeline(withoutSecrets(alive(answer, gate.limits.bodyBytes, patience), target.secrets), response);
  } catch {
    // The head is out; a client takes a connection that breaks for what it is.
    response.destroy();
    answer.destroy();
  }
}

/** What is said in place of an answer that must not or cannot be passed on; null for all others. */
function ownWords({ statusCode: status = 502, headers }: IncomingMessage): string | null {
  if (status === 401 || status === 407) return `The model gateway does not take the factory's key (${status}): its owner must look at it.`;
  if (status >= 300 && status < 400) return `The model gateway leads elsewhere (${status}); jidoka's egress goes nowhere but to it.`;
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding === 'identity' ? null : `The model gateway answered in ${encoding}, though it was asked not to.`;
}

async function* alive(answer: IncomingMessage, mostBytes: number, patience: Patience): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new RangeError('The answer is longer than what is passed on.');
    patience.renew();
    yield piece;
  }
}
