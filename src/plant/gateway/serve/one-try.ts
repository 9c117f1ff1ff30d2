import { z } from 'zod';
import { held, holding, type HoldAct } from '../../../core/gateway/failover/hold-back.ts';
import type { Outcome, Said } from '../../../core/gateway/failover/outcome.ts';
import { retryAfterMs } from '../../../core/gateway/failover/retry-after.ts';
import { readBody } from '../body/read-body.ts';
import type { LanePart } from '../lane/lane.ts';
import { type Fault, faultOf, refusalOf } from '../translate/index.ts';
import { headersBack } from '../upstream/headers.ts';
import type { Incoming } from '../upstream/incoming.ts';
import { bytesWithoutSecrets, withoutSecrets } from '../upstream/key-forms.ts';
import type { Order, Request } from '../upstream/order-for.ts';
import type { Agents } from '../upstream/send.ts';
import type { Deadlines } from './deadlines.ts';
import { inTime, Silence } from './in-time.ts';
import type { Reply } from './reply-to.ts';

/** What became of one try: `content` where the caller has his whole answer. */
export interface Tried {
  readonly outcome: Outcome;
  /** What the upstream said of its refusal; null where it did not. */
  readonly refused: Fault | null;
  /** Milliseconds to the first content. */
  readonly firstContentMs: number;
}

export interface Trying {
  readonly request: Request;
  readonly order: Order;
  readonly reply: Reply;
  readonly agents: Agents;
  readonly deadlines: Deadlines;
  /** Called back where it is sent a second time over another connection, which is no other try. */
  readonly onResent?: () => void;
  /** A clock that never goes back, and the time of day. */
  readonly now: () => number;
  readonly today: () => number;
}

/** Asks one upstream and lets its answer through to the caller, from its first content on. */
export async function oneTry(trying: Trying): Promise<Tried> {
  const { request, order, agents, reply, deadlines, onResent, now } = trying;
  const startedAt = now();
  const { connectMs } = deadlines;
  const firstByteMs = request.stream === true ? deadlines.firstByteMs : deadlines.wholeMs;
  const sent = await order.ask({ agents, caller: reply, connectMs, firstByteMs, ...(onResent && { onResent }) });
  if (sent.kind !== 'answering') return tried(sent);
  const { incoming } = sent;
  const stay = reply.onGone(() => incoming.destroy());
  try {
    if (incoming.statusCode > 299) return await refusedBy(trying, incoming);
    if (!isStream(trying, incoming)) return await inOnePiece(trying, incoming, startedAt);
    // Who asked for one piece can make nothing of a stream.
    return request.stream === true ? await streamed(trying, incoming, startedAt) : tried({ kind: 'garbled' });
  } finally {
    stay();
    if (!incoming.complete) incoming.destroy();
  }
}

/** Some servers say nothing right of what they send; and from one piece a translation can still make a stream. */
function isStream({ request, order }: Trying, incoming: Incoming): boolean {
  const type = incoming.headers['content-type'] ?? '';
  if (/^text\/event-stream\b/i.test(type)) return true;
  return request.stream === true && (order.lane.kind === 'translate' || !/json/i.test(type));
}

function tried(outcome: Outcome, { refused = null, firstContentMs = 0 }: Partial<Tried> = {}): Tried {
  return { outcome, refused, firstContentMs };
}

const longestRefusal = 2 ** 20;

async function refusedBy({ order, deadlines, today }: Trying, incoming: Incoming): Promise<Tried> {
  const timer = setTimeout(() => incoming.destroy(), deadlines.silenceMs);
  const body = await readBody(incoming, longestRefusal).finally(() => clearTimeout(timer));
  const text = body.kind === 'body' ? withoutSecrets(body.bytes.toString('utf8'), order.secrets) : '';
  const { statusCode: status, headers } = incoming;
  const { 'retry-after': after = null, date = null } = headers;
  const said = refusalOf(status, text, null);
  // Whatever was escaped in it stands there plainly now.
  const fault = { ...said, message: withoutSecrets(said.message, order.secrets) };
  const told = retryAfterMs(after, { date, now: today() });
  const waits = told ?? (fault.retryAfter === null ? null : fault.retryAfter * 1000);
  return tried({ kind: 'refused', status, said: saidOf(fault), retryAfterMs: waits }, { refused: fault });
}

const saids: Partial<Readonly<Record<Fault['kind'], Said>>> = {
  overloaded: 'overloaded',
  'rate-limit': 'rate-limited',
  quota: 'quota',
  login: 'account',
  denied: 'account',
  'context-overflow': 'context-overflow',
  'foreign-thinking': 'foreign-thinking',
  'cache-marks': 'cache-marks',
  unknown: 'unknown-model',
  missing: 'missing',
  flagged: 'flagged',
  'too-large': 'unfit',
  unaffordable: 'unfit',
  unsupported: 'unfit',
};

function saidOf({ kind }: Fault): Said | null {
  return saids[kind] ?? null;
}

/** What a fault within an answer that began with 200 comes to, before anything of it was heard. */
function outcomeOf(fault: Fault | null): Outcome {
  if (fault === null || fault.kind === 'malformed' || fault.kind === 'cut') return { kind: 'garbled' };
  const { status, retryAfter } = fault;
  return { kind: 'refused', status, isWithin: true, said: saidOf(fault), retryAfterMs: retryAfter === null ? null : retryAfter * 1000 };
}

async function inOnePiece(trying: Trying, incoming: Incoming, startedAt: number): Promise<Tried> {
  const { request, order, reply, deadlines, now } = trying;
  const silence = new Silence(() => incoming.destroy(), deadlines.silenceMs);
  const body = await readBody(incoming, deadlines.answerBytes, () => silence.heard()).finally(() => silence.over());
  if (reply.isGone()) return tried({ kind: 'left' });
  if (silence.isUp) return tried({ kind: 'silent' });
  if (body.kind !== 'body') return tried({ kind: 'garbled' });
  const firstContentMs = now() - startedAt;
  const bytes = bytesWithoutSecrets(body.bytes, order.secrets);
  const text = bytes.toString('utf8');
  if (request.what === 'count') return isCount(text) ? deliver(trying, incoming, bytes, firstContentMs) : tried({ kind: 'garbled' });
  const part = order.lane.whole(text);
  const { fault } = order.lane.told();
  // A stream was asked for, and what came is none.
  if (part.piece === 'error' || request.stream === true)
    return tried(outcomeOf(fault), {
      refused: fault === null ? null : { ...fault, message: withoutSecrets(fault.message, order.secrets) },
    });
  return deliver(trying, incoming, part.out === text ? bytes : part.out, firstContentMs);
}

function deliver({ reply, order }: Trying, incoming: Incoming, out: Buffer | string, firstContentMs: number): Tried {
  const length = typeof out === 'string' ? Buffer.byteLength(out) : out.length;
  const own = { 'content-type': 'application/json', 'content-length': String(length) };
  reply.head(200, headersBack(incoming.headers, order.secrets, own));
  reply.end(out);
  return tried({ kind: 'content' }, { firstContentMs });
}

const counted = z.union([z.looseObject({ input_tokens: z.number() }), z.looseObject({ totalTokens: z.number() })]);

/** Some tell of an error in an answer that is none by its status. */
function isCount(text: string): boolean {
  try {
    return counted.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

async function streamed(trying: Trying, incoming: Incoming, startedAt: number): Promise<Tried> {
  const { order, reply, deadlines, now } = trying;
  const { lane } = order;
  let hold = holding;
  let firstContentMs = 0;
  const kept: (Buffer | string)[] = [];
  const scrubbed = (out: LanePart['out']): LanePart['out'] =>
    typeof out === 'string' ? withoutSecrets(out, order.secrets) : bytesWithoutSecrets(out, order.secrets);
  const take = ({ piece, out: said }: LanePart): { readonly act: HoldAct; readonly waits: Promise<void> | null } => {
    const out = scrubbed(said);
    const { act, hold: after } = held(hold, piece, out.length);
    hold = after;
    if (act === 'keep') kept.push(out);
    if (act === 'keep' || act === 'fail') return { act, waits: null };
    if (act !== 'release') return { act, waits: reply.write(out) };
    firstContentMs = now() - startedAt;
    reply.head(200, headersBack(incoming.headers, order.secrets, { 'content-type': lane.type }));
    return { act, waits: reply.write(joined([...kept.splice(0), out])) };
  };
  let act = 'keep' as HoldAct;
  // Some say again and again that they are at work, and never what comes of it.
  let isLate = false;
  const patience = setTimeout(() => {
    isLate = true;
    incoming.destroy();
  }, deadlines.wholeMs);
  const takeChunk = (chunk: Buffer): boolean | Promise<boolean> => {
    const taken = take(lane.take(chunk));
    ({ act } = taken);
    if (act === 'release') clearTimeout(patience);
    const wants = act !== 'fail' && act !== 'break-off';
    return taken.waits === null ? wants : taken.waits.then(() => wants);
  };
  const reading = inTime(incoming, deadlines, { take: takeChunk, isWhole: () => lane.isWhole() });
  const ended = await reading.finally(() => clearTimeout(patience));
  if (reply.isGone()) return tried({ kind: 'left' });
  if (isLate) return tried({ kind: 'silent' });
  if (ended === 'silent' || ended === 'endless') {
    if (hold.phase === 'holding') return tried({ kind: ended === 'silent' ? 'silent' : 'garbled' });
    const why = ended === 'silent' ? 'said nothing more for too long' : 'did not come to an end';
    await reply.write(lane.breakOff(faultOf('cut', `The model’s server ${why}. Ask again.`)));
    act = 'break-off';
  } else if (act !== 'fail' && act !== 'break-off') {
    const last = take(lane.end());
    ({ act } = last);
    await last.waits;
  }
  if (act === 'fail') return tried(outcomeOf(lane.told().fault));
  reply.end();
  return tried({ kind: act === 'break-off' ? 'broken-off' : 'content' }, { firstContentMs });
}

/** What was held back goes out together with what let it go. */
function joined(parts: readonly (Buffer | string)[]): Buffer | string {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}
