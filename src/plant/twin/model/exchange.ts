import type { IncomingMessage } from 'node:http';
import type { Json } from '../../../core/base/json.ts';
import type { ModelCall, Protocol } from './call.ts';
import { dialects } from './dialect/dialects.ts';
import type { ApiError, Dialect } from './dialect/dialect.ts';
import { type Delivery, faultyDelivery, wholeDelivery } from './fault/delivery.ts';
import { modelList } from './model-list.ts';
import type { ReadBody } from './read-body.ts';
import type { Reply } from './reply.ts';
import { type Route, routeOf } from './route.ts';
import type { Replayer } from './tape/replay.ts';
import type { Player, Turn } from './script/player.ts';
import { promptTokens } from './script/usage.ts';

/** What is to be sent for one request, and what the tape tells of it. */
export interface Exchange {
  readonly delivery: Delivery;
  readonly waitMs: number;
  readonly protocol: Protocol | null;
  readonly call: ModelCall | null;
  readonly turn: Told;
  lost(): void;
}

/** The part of a turn that goes on the tape. */
export type Told = Pick<Turn, 'conversation' | 'script' | 'step' | 'note'> & {
  readonly kind: string;
  readonly fault: string | null;
  readonly reply: Reply | null;
};

export interface Playing {
  readonly player: Player;
  /** Answers from a tape, instead of the player's; null without one. */
  readonly replayer: Replayer | null;
  readonly models: readonly string[];
}

/** Decides what one request gets. */
export function exchanged(request: IncomingMessage, body: ReadBody, playing: Playing): Exchange {
  const route = routeOf(request.method ?? '', request.url ?? '');
  switch (route.kind) {
    case 'hello':
      return plain('hello', 200, { name: 'jidoka model twin', models: playing.models });
    case 'unknown':
      return plain('unknown', 404, { error: { message: unknownAddress(request), type: 'not_found' } });
    case 'models':
      return plain('models', 200, modelList(route, playing.models));
    default:
      return asked(route, { request, body, playing });
  }
}

interface Around {
  readonly request: IncomingMessage;
  readonly body: ReadBody;
  readonly playing: Playing;
}

function asked(route: Extract<Route, { kind: 'answer' | 'count' }>, { request, body, playing }: Around): Exchange {
  const { protocol, model } = route;
  const dialect = dialects[protocol];
  if (body.kind === 'fault') return refused(protocol, dialect, { status: body.status, message: body.message });
  // A prompt to be counted is demanded to be less than one to be answered.
  const given = route.kind === 'count' && protocol === 'gemini' ? generateRequestIn(body.value) : body.value;
  const reading = dialect.read(given, { model, stream: route.kind === 'answer' ? route.stream : false });
  if (reading.kind === 'fault') return refused(protocol, dialect, { status: 400, message: reading.message });
  const { call } = reading;
  if (route.kind === 'count') return { ...plain('count', 200, dialect.tokens(promptTokens(call.chunks))), protocol, call };
  const replayed = playing.replayer?.answer(call, request.headers, body.value) ?? null;
  if (replayed !== null) return { ...replayed, waitMs: 0, protocol, call, lost: () => undefined };
  const turn = playing.player.answer(call, request.headers, body.value);
  const answering = { dialect, call };
  const { fault, reply } = turn;
  const delivery =
    fault === null && reply !== null ? wholeDelivery(reply, answering) : faultyDelivery(fault ?? { kind: 'server' }, reply, answering);
  return { delivery, waitMs: turn.waitMs, protocol, call, turn: { ...turn, fault: fault?.kind ?? null }, lost: turn.lost };
}

function generateRequestIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'generateContentRequest' in body ? body.generateContentRequest : body;
}

function unknownAddress({ method, url }: IncomingMessage): string {
  return `The model twin has no ${method} ${url}. It answers POST to /v1/messages, /v1/responses, /v1/chat/completions and /v1beta/models/<model>:generateContent.`;
}

function refused(protocol: Protocol, dialect: Dialect, { status, message }: { status: 400 | 413 | 415; message: string }): Exchange {
  const error: ApiError = { kind: status === 413 ? 'too-large' : 'bad-request', status, message, retryAfter: null };
  return { ...plain('unknown', status, dialect.error(error)), protocol };
}

function plain(kind: string, status: number, value: Json): Exchange {
  return {
    delivery: { head: { status, headers: { 'content-type': 'application/json' } }, body: [JSON.stringify(value)], end: 'complete' },
    waitMs: 0,
    protocol: null,
    call: null,
    turn: { kind, conversation: null, script: null, step: null, fault: null, note: null, reply: null },
    lost: () => undefined,
  };
}
