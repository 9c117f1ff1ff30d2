import type { IncomingHttpHeaders } from 'node:http';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import type { Repair } from '../../../core/gateway/failover/classify.ts';
import type { CallAhead } from '../../../core/gateway/money/upper-estimate.ts';
import type { AskedBody } from '../body/asked.ts';
import { topLevel } from '../body/top-level.ts';
import { arrayLane } from '../lane/array-lane.ts';
import type { Lane } from '../lane/lane.ts';
import { passLane } from '../lane/pass-lane.ts';
import { translateLane } from '../lane/translate-lane.ts';
import { type Edit, edited } from '../marks/edits.ts';
import { markEdits } from '../marks/mark-edits.ts';
import { askPackage } from '../packages/ask-package.ts';
import type { Counting } from '../translate/answer/told-usage.ts';
import { fewerMarks, ownThoughts, translate, type TranslatedCall, type World } from '../translate/index.ts';
import { addressOf } from './address.ts';
import { cacheKeyMember } from './cache-key.ts';
import type { Way } from './candidates.ts';
import { countedModel } from './counted-model.ts';
import { keyHeadersOf } from './headers.ts';
import type { KeyForm } from './key-forms.ts';
import { type Asking, send, type Sending, type Sent } from './send.ts';
import { upstreamOf } from './upstream-of.ts';

/** What a caller asked for, whoever is to answer it. */
export interface Request {
  readonly protocol: Protocol;
  readonly alias: string;
  readonly what: 'answer' | 'count';
  /** As the address says; null where the body does. */
  readonly stream: boolean | null;
  /** Whether its stream is to be one JSON array; each is asked for events. */
  readonly asArray: boolean;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Those that go on within one protocol; they hold no key. */
  readonly onward: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly asked: AskedBody;
  /** What its budgets have to know before it is made. */
  readonly ahead: Ahead;
  /** Names its session; null where nothing is to be kept together. */
  readonly session: string | null;
}

export interface Ahead extends Omit<CallAhead, 'maxOutput' | 'window'> {
  /** Tokens of the longest of its answers; null where it does not say. */
  readonly maxOutput: number | null;
  /** How many answers are asked for at once. */
  readonly answers: number;
  /** Whether the prompt may hold what its bytes do not. */
  readonly elsewhere: boolean;
}

/** What is sent to an upstream, and how its answer comes back. */
export interface Order {
  readonly kind: 'order';
  /** Asks the upstream, up to the head of its answer. */
  readonly ask: (asking: Asking) => Promise<Sent>;
  readonly lane: Lane;
  /** What the upstream was not told; a package adds to it when it is asked. */
  readonly leftOut: readonly string[];
  /** Keys of the provider, in all of their forms: they are shown to nobody, whatever the upstream says. */
  readonly secrets: readonly KeyForm[];
}

/** `message` is for the caller: his request means something that this upstream cannot be told. */
export type OrderFor = Order | { readonly kind: 'refused'; readonly message: string };

/** How one upstream is asked, and what its caller hears of tokens where the answer is put into his words. */
export interface OrderTerms {
  readonly repairs: readonly Repair[];
  readonly world: World;
  readonly counted: Counting;
}

/** Makes of a request what one upstream is sent. */
export function orderFor(request: Request, way: Way, terms: OrderTerms): OrderFor {
  try {
    const order = orderBy(request, way, terms);
    return order.kind === 'order' && request.asArray ? { ...order, lane: arrayLane(order.lane) } : order;
  } catch (error) {
    // Whatever reads or writes a value member by member has an end to how deep it goes.
    if (error instanceof RangeError) return { kind: 'refused', message: 'The body is nested too deeply to be put into other words.' };
    throw error;
  }
}

function orderBy(request: Request, way: Way, terms: OrderTerms): OrderFor {
  const { door } = way;
  return way.protocol === request.protocol && door.kind === 'address'
    ? passed(request, way, { door, repairs: terms.repairs })
    : translated(request, way, terms);
}

type Address = Extract<Way['door'], { readonly kind: 'address' }>;

function passed(request: Request, way: Way, { door, repairs }: { readonly door: Address; readonly repairs: readonly Repair[] }): OrderFor {
  const { protocol, what, stream, query, onward } = request;
  const { key, base } = door;
  const body = bodyFor(request, way, repairs);
  const sent: Record<string, string> = key === null ? {} : keyHeadersOf(key, protocol, way.spoken);
  for (const name in onward) sent[name] = onward[name] ?? '';
  sent['accept-encoding'] = 'identity';
  const address = addressOf(base, { protocol, model: way.name, what, stream: stream === true, query });
  return {
    kind: 'order',
    ask: (asking) => send({ address, headers: sent, body }, asking),
    lane: passLane(protocol),
    leftOut: [],
    secrets: door.secrets,
  };
}

/** The body for one upstream: its own name of the model, what is to be cached where that is the gateway's to say, and as it came elsewhere. */
function bodyFor(request: Request, way: Way, repairs: readonly Repair[]): Buffer {
  const { body, members } = repaired(request, repairs);
  const span = request.asked.model === null ? undefined : members.get('model');
  const marks = way.inserts && !repairs.includes('trim-cache-marks') ? cacheEdits(request, { body, members }) : [];
  const model = span === undefined ? [] : [{ at: span.from, drop: span.to - span.from, text: JSON.stringify(way.name) }];
  const counted = request.protocol === 'generate-content' && request.what === 'count' ? countedModel(body, members, way.name) : [];
  return edited(body, [...model, ...marks, ...counted]);
}

/** What is put into a request that says nothing of the cache. */
function cacheEdits({ protocol, what, ahead, session }: Request, { body, members }: Repaired): readonly Edit[] {
  if (what === 'count') return [];
  if (protocol === 'messages') return ahead.cache === 'none' ? markEdits(body, members) : [];
  if (protocol === 'generate-content' || session === null || members.has(cacheKeyMember)) return [];
  return [{ at: body.indexOf('{') + 1, drop: 0, text: `"${cacheKeyMember}":${JSON.stringify(session)},` }];
}

/** The body, read and written anew only where something has to be taken out of it. */
function repaired({ protocol, body, asked }: Request, repairs: readonly Repair[]): Repaired {
  const asItCame = { body, members: asked.members };
  const stripped = repairs.includes('strip-thinking') || asked.keepsakes;
  if (!stripped && !repairs.includes('trim-cache-marks')) return asItCame;
  const members = changed(body, protocol, repairs);
  if (members === null) return asItCame;
  const written = Buffer.from(JSON.stringify(members));
  const scanned = topLevel(written);
  return scanned.kind === 'object' ? { body: written, members: scanned.members } : asItCame;
}

interface Repaired {
  readonly body: Buffer;
  readonly members: AskedBody['members'];
}

function changed(body: Buffer, protocol: Protocol, repairs: readonly Repair[]): Readonly<Record<string, unknown>> | null {
  const members = membersOf(body);
  if (members === null) return null;
  const family = repairs.includes('strip-thinking') ? null : '';
  // Only what was translated is known to be foreign; of another signature its maker is not known, and the upstream judges it.
  const own = ownThoughts(protocol, members, { family, minterOf: () => null });
  return repairs.includes('trim-cache-marks') && protocol === 'messages' ? fewerMarks(own) : own;
}

function translated(request: Request, way: Way, { repairs, world, counted }: OrderTerms): OrderFor {
  const { protocol: from, alias, stream } = request;
  const { door } = way;
  const body = repairs.length === 0 ? membersOf(request.body) : changed(request.body, from, repairs);
  if (body === null) return { kind: 'refused', message: 'The body is no JSON.' };
  const call = translate({ from, to: way.protocol, body, asked: { model: alias, stream }, upstream: upstreamOf(way, request) });
  if (call.kind === 'refused') return call;
  const leftOut = [...call.leftOut];
  const order = { kind: 'order', lane: translateLane({ ...call.reply, alias }, world, counted), leftOut } as const;
  if (door.kind === 'address' && way.protocol !== 'sdk') {
    const sending = sendingTo(way, door, { protocol: way.protocol, call });
    return { ...order, ask: (asking) => send(sending, asking), secrets: door.secrets };
  }
  if (door.kind === 'address') throw new Error(`${way.at} has an address and is asked by a package`);
  const { speaker } = door;
  const asked = { speaker, model: way.name, call: call.body, stream: call.stream, leftOut: (what: string) => void leftOut.push(what) };
  return { ...order, ask: (asking) => askPackage(asked, asking), secrets: door.secrets };
}

function sendingTo(
  { name, spoken }: Way,
  { base, key }: Address,
  { protocol, call }: { readonly protocol: Protocol; readonly call: TranslatedCall },
): Sending {
  const query = protocol === 'generate-content' && call.stream ? 'alt=sse' : '';
  return {
    address: addressOf(base, { protocol, model: name, what: 'answer', stream: call.stream, query }),
    headers: {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      ...(protocol === 'messages' ? { 'anthropic-version': '2023-06-01' } : {}),
      ...(key === null ? {} : keyHeadersOf(key, protocol, spoken)),
    },
    body: Buffer.from(JSON.stringify(call.body)),
  };
}

function membersOf(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
