import type { IncomingMessage, ServerResponse } from 'node:http';
import { noUsage } from '../../../core/gateway/money/usage.ts';
import { isJidokaError } from '../../../core/base/error.ts';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import type { Caller } from '../../../core/gateway/budget/budget-rule.ts';
import type { RecordedCall } from '../../../core/ports/gateway/call-recorder.ts';
import type { FoundKey } from '../../../core/ports/gateway/virtual-keys.ts';
import { askedOf } from '../body/asked.ts';
import { readBody } from '../body/read-body.ts';
import { sessionId } from '../sessions/session-id.ts';
import { keyHeaders, headersOn } from '../upstream/headers.ts';
import { StreamArriving } from '../upstream/incoming.ts';
import type { Request } from '../upstream/order-for.ts';
import { answerAsk } from './answer-ask.ts';
import { type Answered, type Ask, nobodyAsked, paidSoFar } from './ask.ts';
import { type Refusal, refusal, refuse } from './errors.ts';
import type { Gateway } from './gateway.ts';
import { modelsList } from './models-list.ts';
import { enterByKey, leaveByKey } from './key-limits.ts';
import { aheadOf } from './pay.ts';
import { Reply } from './reply-to.ts';
import { type Address, addressParts, protocolAt, type Route, routeOf } from './route.ts';

/** Bytes of one answer that are kept for the record. */
const mostKept = 16 * 2 ** 20;

/** Answers one request. */
export async function handle(gateway: Gateway, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { clock, recorder } = gateway;
  const reply = new Reply(response, { keep: recorder === null ? 0 : mostKept, now: () => clock.monotonicMs() });
  const address = addressParts(message.url ?? '');
  const route = routeOf(message.method ?? '', address.path);
  try {
    await answerAt(gateway, message, reply, { address, route });
  } catch (error) {
    if (reply.begun() !== null || reply.isGone()) throw error;
    gateway.fault(error);
    turnAway(message, reply, protocolAt(route, address.path, message.headers), refusalFor(error));
  }
}

/** What a caller is told where the gateway itself failed. */
function refusalFor(error: unknown): Refusal {
  if (!isJidokaError(error) || error.code !== 'database-unavailable')
    return refusal('server', 'This gateway failed at this request. Its owner finds why in its log.');
  // Without it nobody knows whose key this is, nor what is left of a budget: no call is made until it is back.
  const more = { retryAfterMs: 1000, retryable: true };
  return refusal('overloaded', 'This gateway cannot look up keys and budgets just now. Ask again.', more);
}

async function answerAt(
  gateway: Gateway,
  message: IncomingMessage,
  reply: Reply,
  { address, route }: { readonly address: Address; readonly route: Route },
): Promise<void> {
  const protocol = protocolAt(route, address.path, message.headers);
  const token = tokenOf(message, address);
  const found: FoundKey = token === null ? { kind: 'unknown' } : await gateway.virtualKeys.find(token);
  if (token === null || found.kind !== 'known') return turnAway(message, reply, protocol, noKey(token, found.kind));
  if (route.kind === 'models') return listModels(gateway, reply, { route, protocol, slots: found.grant.slots });
  if (route.kind === 'unknown') {
    const what = `${message.method ?? ''} ${address.path.slice(0, 200)}`;
    return turnAway(message, reply, protocol, refusal('unknown', `This gateway has no ${what}.`));
  }
  const request = await requestOf(gateway, message, reply, { address, route, token, keyId: found.id, caller: found.grant.caller });
  if (request !== null)
    await answerWithin(
      gateway,
      { id: gateway.world.newId(), request, grant: found.grant, keyId: found.id, reply, underWay: nobodyAsked() },
      address.path,
    );
}

interface Asked {
  readonly address: Address;
  readonly route: Extract<Route, { kind: 'ask' }>;
  readonly token: string;
  readonly keyId: string;
  readonly caller: Caller;
}

/** Reads what is asked; null where that was refused, or the caller left in the middle of it. */
async function requestOf(
  { deadlines, bodies }: Gateway,
  message: IncomingMessage,
  reply: Reply,
  { address: { query }, route: { protocol, what, model, stream }, token, keyId, caller }: Asked,
): Promise<Request | null> {
  const body = await readBody(new StreamArriving(message, message.headers), deadlines.bodyBytes);
  if (body.kind === 'cut') return null;
  if (body.kind === 'too-large') {
    const most = `The body is longer than ${deadlines.bodyBytes} bytes, which is the most that this gateway takes.`;
    turnAway(message, reply, protocol, refusal('too-large', most));
    return null;
  }
  const asked = askedOf(body.bytes, protocol, bodies.scan(keyId, body.bytes));
  if (asked.kind === 'wrong') {
    refuse(reply, protocol, refusal('bad-request', compressed(message) ?? asked.message));
    return null;
  }
  const alias = model ?? asked.model?.name ?? '';
  const { headers } = message;
  const ahead = aheadOf(body.bytes, asked);
  const asArray = stream === true && !query.split('&').includes('alt=sse');
  return {
    protocol,
    alias,
    what,
    stream: stream ?? asked.stream,
    asArray,
    query: asArray ? asEvents(query) : query,
    headers,
    onward: headersOn(headers, token),
    body: body.bytes,
    asked,
    ahead,
    session: what === 'count' ? null : sessionId({ protocol, alias, headers, body: body.bytes, asked }, caller),
  };
}

/** What is compressed looks like anything but JSON. */
function compressed({ headers }: IncomingMessage): string | null {
  const { 'content-encoding': how = 'identity' } = headers;
  return how === 'identity' ? null : `The body is compressed (${how.slice(0, 40)}), and is taken only as it is: send it without.`;
}

/** What follows the question mark where events are asked for instead of one array. */
function asEvents(query: string): string {
  const parts = query.split('&').filter((part) => part !== '' && !part.startsWith('alt='));
  return [...parts, 'alt=sse'].join('&');
}

/** Answers within the limits of the key, and hands the call to the recorder: when the caller has all of it, and before where it lasts. */
async function answerWithin(gateway: Gateway, ask: Ask, path: string): Promise<void> {
  const { request, reply } = ask;
  const { recorder, open, clock } = gateway;
  const full = await enterByKey(gateway, ask);
  if (full !== null) return refuse(reply, request.protocol, full);
  const at = gateway.today();
  const startedAt = clock.monotonicMs();
  const callAs = (answered: Answered): RecordedCall => callOf(ask, { at, path, answered, ms: clock.monotonicMs() - startedAt });
  const soFar = (ended: Answered['ended']): RecordedCall => callAs({ tries: ask.underWay.tries, ended, paid: paidSoFar(ask) });
  const call = open.begin(startedAt, () => recorder?.note(soFar('open')));
  try {
    const answered = await answerAsk(gateway, ask);
    recorder?.take(callAs(answered));
  } catch (error) {
    // The gateway failed at it: whoever was at work for it bills that all the same.
    if (call.isNoted || paidSoFar(ask) !== null) recorder?.take(soFar('broken-off'));
    throw error;
  } finally {
    open.end(call);
    leaveByKey(gateway, ask);
  }
}

function tokenOf({ headers }: IncomingMessage, { token }: Address): string | null {
  if (token !== null) return token;
  for (const name of keyHeaders) {
    const value = headers[name];
    const text = typeof value === 'string' ? value.replace(/^Bearer\s+/i, '').trim() : '';
    if (text !== '') return text;
  }
  return null;
}

function noKey(token: string | null, kind: FoundKey['kind']): Refusal {
  if (token === null)
    return refusal('login', 'This gateway asks for a key of its own, in the header of keys or as /g/KEY before the path.');
  return refusal(
    'login',
    kind === 'expired' ? 'This key has expired. Ask whoever minted it for another one.' : 'This gateway does not know this key.',
  );
}

/** Refuses without reading: what more comes is let go, and after a while the connection with it. */
function turnAway(message: IncomingMessage, reply: Reply, protocol: Protocol, why: Refusal): void {
  refuse(reply, protocol, why);
  message.on('error', () => undefined);
  message.resume();
  const timer = setTimeout(() => message.destroy(), patienceMs);
  message.on('close', () => clearTimeout(timer));
}

/** Whoever still sends what nobody reads is cut off after this. */
const patienceMs = 2_000;

interface Listing {
  readonly route: Extract<Route, { kind: 'models' }>;
  readonly protocol: Protocol;
  readonly slots: readonly string[] | null;
}

function listModels({ inForce }: Gateway, reply: Reply, { route, protocol, slots }: Listing): void {
  const list = modelsList(inForce().config, route, { slots, protocol });
  if (list === null) return refuse(reply, protocol, refusal('unknown', `This key has no model "${(route.name ?? '').slice(0, 120)}".`));
  const text = JSON.stringify(list);
  reply.head(200, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) });
  reply.end(text);
}

/** A call as it is taken down. What is heard of one that is open belongs to it once it has ended. */
function callOf(
  { id, request, grant, keyId, reply, underWay }: Ask,
  { at, path, answered, ms }: { readonly at: number; readonly path: string; readonly answered: Answered; readonly ms: number },
): RecordedCall {
  const { protocol, alias, body, onward } = request;
  const { paid, tries, ended } = answered;
  const { status = 0, headers: told = {} } = reply.begun() ?? {};
  const { chunks, bytesDropped } = ended === 'open' ? nothingHeard : reply.heard();
  return {
    id,
    at,
    caller: grant.caller,
    key: keyId,
    protocol,
    alias: underWay.slot ?? alias,
    path,
    headers: onward,
    request: body,
    elements: request.asked.elements,
    tries,
    answer: { status, headers: told, chunks, bytesDropped },
    ended,
    usage: paid?.usage ?? noUsage,
    estimated: paid?.estimated ?? false,
    cost: paid?.cost ?? { kind: 'unpriced' },
    by: paid?.by ?? null,
    saved: paid?.saved ?? null,
    ms,
  };
}

const nothingHeard: ReturnType<Reply['heard']> = { chunks: [], bytesDropped: 0 };
