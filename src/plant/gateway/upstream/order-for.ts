import type { IncomingHttpHeaders } from 'node:http';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import type { Repair } from '../../../core/gateway/failover/classify.ts';
import type { CallAhead } from '../../../core/gateway/money/upper-estimate.ts';
import type { AskedBody } from '../body/asked.ts';
import { spliceModel } from '../body/splice-model.ts';
import { topLevel } from '../body/top-level.ts';
import type { Lane } from '../lane/lane.ts';
import { passLane } from '../lane/pass-lane.ts';
import { translateLane } from '../lane/translate-lane.ts';
import { type Edit, edited } from '../marks/edits.ts';
import { markEdits } from '../marks/mark-edits.ts';
import { fewerMarks, mayHoldKeepsakes, ownThoughts, translate, type World } from '../translate/index.ts';
import { addressOf } from './address.ts';
import type { Way } from './candidates.ts';
import { cacheKeyFor, cacheKeyMember } from './cache-key.ts';
import { headersOn, keyHeadersOf } from './headers.ts';

/** What a caller asked for, whoever is to answer it. */
export interface Request {
  readonly protocol: Protocol;
  readonly alias: string;
  readonly what: 'answer' | 'count';
  /** As the address says; null where the body does. */
  readonly stream: boolean | null;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly token: string;
  readonly body: Buffer;
  readonly asked: AskedBody;
  /** What its budgets have to know before it is made. */
  readonly ahead: Ahead;
  /** Names its session; left out where nothing is to be kept together. */
  readonly session?: string;
}

export type Ahead = Omit<CallAhead, 'maxOutput'> & { readonly maxOutput: number | null };

/** What is sent to an upstream, and how its answer comes back. */
export interface Order {
  readonly kind: 'order';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly lane: Lane;
  readonly leftOut: readonly string[];
  /** The key of the provider: it is shown to nobody, whatever the upstream says. */
  readonly secret: string | null;
}

/** `message` is for the caller: his request means something that this upstream cannot be told. */
export type OrderFor = Order | { readonly kind: 'refused'; readonly message: string };

/** Makes of a request what one upstream is sent. */
export function orderFor(
  request: Request,
  way: Way,
  { repairs, world }: { readonly repairs: readonly Repair[]; readonly world: World },
): OrderFor {
  return way.protocol === request.protocol ? passed(request, way, repairs) : translated(request, way, { repairs, world });
}

function passed(request: Request, way: Way, repairs: readonly Repair[]): OrderFor {
  const { protocol, what, stream, query, headers, token } = request;
  return {
    kind: 'order',
    url: addressOf(way.base, { protocol, model: way.name, what, stream: stream === true, query }),
    headers: {
      ...headersOn(headers, token),
      ...(way.key === null ? {} : keyHeadersOf(way.key, protocol, way.spoken)),
      'accept-encoding': 'identity',
    },
    body: bodyFor(request, way, repairs),
    lane: passLane(protocol),
    leftOut: [],
    secret: way.key,
  };
}

/** The body for one upstream: its own name of the model, what is to be cached where that is the gateway's to say, and as it came elsewhere. */
function bodyFor(request: Request, way: Way, repairs: readonly Repair[]): Buffer {
  const { body, members } = repaired(request, repairs);
  const span = request.asked.model === null ? undefined : members.get('model');
  const marks = way.inserts && !repairs.includes('trim-cache-marks') ? cacheEdits(request, { body, members }) : [];
  if (marks.length === 0) return span === undefined ? body : spliceModel(body, span, way.name);
  const model = span === undefined ? [] : [{ at: span.from, drop: span.to - span.from, text: JSON.stringify(way.name) }];
  return edited(body, [...model, ...marks]);
}

/** What is put into a request that says nothing of the cache. */
function cacheEdits({ protocol, what, ahead, session }: Request, { body, members }: Repaired): readonly Edit[] {
  if (what === 'count') return [];
  if (protocol === 'messages') return ahead.cache === 'none' ? markEdits(body, members) : [];
  if (protocol === 'generate-content' || session === undefined || members.has(cacheKeyMember)) return [];
  return [{ at: body.indexOf('{') + 1, drop: 0, text: `"${cacheKeyMember}":${JSON.stringify(session)},` }];
}

/** The body, read and written anew only where something has to be taken out of it. */
function repaired({ protocol, body, asked }: Request, repairs: readonly Repair[]): Repaired {
  const asItCame = { body, members: asked.members };
  const stripped = repairs.includes('strip-thinking') || mayHoldKeepsakes(body);
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

function translated(
  request: Request,
  way: Way,
  { repairs, world }: { readonly repairs: readonly Repair[]; readonly world: World },
): OrderFor {
  const { protocol: from, alias, stream } = request;
  const body = repairs.length === 0 ? membersOf(request.body) : changed(request.body, from, repairs);
  if (body === null) return { kind: 'refused', message: 'The body is no JSON.' };
  const call = translate({ from, to: way.protocol, body, asked: { model: alias, stream }, upstream: upstreamOf(way, request) });
  if (call.kind === 'refused') return call;
  const query = way.protocol === 'generate-content' && call.stream ? 'alt=sse' : '';
  return {
    kind: 'order',
    url: addressOf(way.base, { protocol: way.protocol, model: way.name, what: 'answer', stream: call.stream, query }),
    headers: {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      ...(way.protocol === 'messages' ? { 'anthropic-version': '2023-06-01' } : {}),
      ...(way.key === null ? {} : keyHeadersOf(way.key, way.protocol, way.spoken)),
    },
    body: Buffer.from(JSON.stringify(call.body)),
    lane: translateLane({ ...call.reply, alias }, world),
    leftOut: call.leftOut,
    secret: way.key,
  };
}

function upstreamOf(way: Way, request: Request): Parameters<typeof translate>[0]['upstream'] {
  return {
    model: way.name,
    family: way.provider,
    maxOutputTokens: way.output,
    thinking: !way.thinks ? 'none' : way.protocol === 'messages' ? 'budget' : 'effort',
    images: way.sees,
    cacheMarks: way.protocol === 'messages',
    cacheKey: cacheKeyFor(request, way),
    // Whoever speaks Responses too is of the newer kind.
    completionTokens: way.spoken.includes('responses'),
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
