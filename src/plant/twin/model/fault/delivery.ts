import { assertNever } from '../../../../core/base/assert-never.ts';
import type { ModelCall } from '../call.ts';
import type { Dialect, Frame } from '../dialect/dialect.ts';
import type { Reply } from '../reply.ts';
import { type Breakage, type Fault, isRefusal } from '../scenario/fault.ts';
import { apiErrorOf } from './api-error.ts';

/** What is sent for one request. */
export interface Delivery {
  /** Null where not even a status is sent. */
  readonly head: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | null;
  /** Sent piece by piece. */
  readonly body: readonly string[];
  /** How it ends: in order, with the connection dropped, or not at all. */
  readonly end: 'complete' | 'dropped' | 'held';
}

interface Answering {
  readonly dialect: Dialect;
  readonly call: ModelCall;
}

/** An answer as it should be. */
export function wholeDelivery(reply: Reply, { dialect, call }: Answering): Delivery {
  if (call.stream) return streamed(dialect.frames(reply, call));
  return { head: { status: 200, headers: json }, body: [JSON.stringify(dialect.whole(reply))], end: 'complete' };
}

/** What is sent where something goes wrong. `reply` is null for faults that show nothing of it. */
export function faultyDelivery(fault: Fault, reply: Reply | null, { dialect, call }: Answering): Delivery {
  const error = apiErrorOf(fault, call);
  if (isRefusal(fault.kind)) {
    const headers = { ...json, ...(error.retryAfter === null ? {} : { 'retry-after': String(error.retryAfter) }) };
    return { head: { status: error.status, headers }, body: [JSON.stringify(dialect.error(error))], end: 'complete' };
  }
  const head = { status: 200, headers: call.stream ? events : json };
  const frames = reply === null ? [] : call.stream ? dialect.frames(reply, call) : inTwo(JSON.stringify(dialect.whole(reply)));
  const failing = call.stream ? dialect.errorFrames(error) : [];
  return broken(fault.kind, { head, frames, failing });
}

/** Says whether nothing of an answer can have been taken. */
export function deliversNothing(kind: Fault['kind']): boolean {
  return isRefusal(kind) || ['html', 'empty-stream', 'drop', 'no-answer'].includes(kind);
}

const json = { 'content-type': 'application/json' };
const events = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
const page = '<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in to the network</h1></body></html>\n';

interface Material {
  readonly head: NonNullable<Delivery['head']>;
  readonly frames: readonly Frame[];
  readonly failing: readonly Frame[];
}

function broken(kind: Breakage, { head, frames, failing }: Material): Delivery {
  // An API that sends a call in one event has nothing of it in the first half.
  const half = frames.slice(0, Math.floor(frames.filter(({ part }) => part !== 'end').length / 2));
  switch (kind) {
    case 'html':
      return { head: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } }, body: [page], end: 'complete' };
    case 'empty-stream':
      return { head, body: [], end: 'complete' };
    case 'error-event':
      return { head, body: [...half, ...failing].map(written), end: 'complete' };
    case 'malformed-line':
      return {
        head,
        body: [
          ...half.map(written),
          ...[half.at(-1) ?? frames[0]].flatMap((one) => (one === undefined ? [] : [halved(one)])),
          ...frames.slice(half.length).map(written),
        ],
        end: 'complete',
      };
    case 'cut-before-end':
      return { head, body: frames.filter(({ part }) => part !== 'end').map(written), end: 'complete' };
    case 'cut-in-call':
      return { head, body: untilMiddleOfCall(frames, half), end: 'complete' };
    case 'drop':
      return { head: null, body: [], end: 'dropped' };
    case 'drop-in-stream':
      return { head, body: half.map(written), end: 'dropped' };
    case 'silent-stream':
      return { head, body: frames.slice(0, 1).map(written), end: 'held' };
    case 'no-answer':
      return { head: null, body: [], end: 'held' };
    default:
      return assertNever(kind);
  }
}

function streamed(frames: readonly Frame[]): Delivery {
  return { head: { status: 200, headers: events }, body: frames.map(written), end: 'complete' };
}

/** A frame without a name of its own that is not of a stream is written as it is. */
function written({ event, data }: Frame): string {
  if (event === bare) return data;
  return `${event === null ? '' : `event: ${event}\n`}data: ${data}\n\n`;
}

function halved(frame: Frame): string {
  return written({ ...frame, data: frame.data.slice(0, Math.max(1, Math.floor(frame.data.length / 2))) });
}

const bare = '';

/** An answer in one piece, as two halves that can be told apart. */
function inTwo(text: string): readonly Frame[] {
  const middle = Math.floor(text.length / 2);
  return [
    { event: bare, data: text.slice(0, middle), part: 'body' },
    { event: bare, data: text.slice(middle), part: 'end' },
  ];
}

/** Where a call comes in one event, the event itself is cut. */
function untilMiddleOfCall(frames: readonly Frame[], half: readonly Frame[]): readonly string[] {
  const places = frames.flatMap(({ part }, at) => (part === 'call' ? [at] : []));
  const middle = places[Math.floor(places.length / 2)];
  if (middle === undefined) return half.map(written);
  const until = frames.slice(0, middle + 1).map(written);
  return places.length > 1 ? until : until.map((text, at) => (at === middle ? text.slice(0, Math.floor(text.length / 2)) : text));
}
