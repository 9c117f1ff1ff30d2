import type { IncomingHttpHeaders } from 'node:http';
import { dialects } from '../dialect/dialects.ts';
import { routeOf } from '../route.ts';
import { sideCallOf } from '../script/side-call.ts';
import { shownHeaders } from './without-secrets.ts';
import type { TapeEntry } from './tape.ts';

/** A call as somebody else took it down: a gateway between an agent and its provider. */
export interface RecordedExchange {
  readonly seq: number;
  readonly at: number;
  readonly ms: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly request: string;
  /** Calls of one conversation have the same. */
  readonly conversation: string;
  readonly answer: TapeEntry['answer'];
}

/** Makes an entry of a tape of it, that a twin answers from as if it had played it itself; null where it is no call for an answer. */
export function recordedEntry({ path, headers, request, conversation, ...rest }: RecordedExchange): TapeEntry | null {
  const route = routeOf('POST', path);
  if (route.kind !== 'answer') return null;
  const body = parsed(request);
  if (body === undefined) return null;
  const reading = dialects[route.protocol].read(body, { model: route.model, stream: route.stream });
  if (reading.kind === 'fault') return null;
  const { call } = reading;
  const sent: IncomingHttpHeaders = { ...headers };
  return {
    v: 1,
    ...rest,
    method: 'POST',
    path,
    headers: shownHeaders(sent),
    token: null,
    body: body as TapeEntry['body'], // it came out of JSON
    protocol: route.protocol,
    model: call.model,
    stream: call.stream,
    kind: sideCallOf(call, sent, false) ?? 'main',
    conversation,
    script: null,
    step: null,
    fault: null,
    note: null,
    usage: null,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
