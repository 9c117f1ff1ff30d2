import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  faultOf,
  type Protocol,
  refusalOf,
  replyError,
  replyStream,
  replyWhole,
  type Upstream,
  translate,
} from '../../src/plant/gateway/translate/index.ts';

/** The least of a gateway: every request is translated, asked of one address, and the answer translated back. */
export interface LaneServer {
  readonly url: string;
  /** What was left out of each request. */
  readonly leftOut: readonly (readonly string[])[];
  /** What was refused, in the words for the caller. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

const world = { newId: () => randomUUID().replaceAll('-', ''), now: () => Math.floor(Date.now() / 1_000) };

/** Serves callers of every API in front of an upstream that speaks one. */
export async function startLaneServer(address: string, to: Protocol, upstream: Upstream): Promise<LaneServer> {
  const leftOut: (readonly string[])[] = [];
  const refused: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response, { address, to, upstream, leftOut, refused }).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { url: `http://127.0.0.1:${port}`, leftOut, refused, close: async () => close(server) };
}

interface Ways {
  readonly address: string;
  readonly to: Protocol;
  readonly upstream: Upstream;
  readonly leftOut: (readonly string[])[];
  readonly refused: string[];
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { address, to, upstream, leftOut, refused }: Ways,
): Promise<void> {
  const { url = '' } = request;
  // No part of translation: what agents ask beside answers, and can do without.
  if (request.method !== 'POST' || /count_?tokens/i.test(url)) return void response.writeHead(404).end('{}');
  const { from, asked } = routeOf(url);
  const call = translate({ from, to, body: JSON.parse(await text(request)), asked, upstream });
  if (call.kind === 'refused') {
    refused.push(call.message);
    return refuse(response, replyError(from, faultOf('bad-request', call.message)));
  }
  leftOut.push(call.leftOut);
  const asking = await fetch(`${address}${pathOf(to, call.stream, upstream.model)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'key-of-the-test', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(call.body),
  });
  if (!asking.ok) {
    const after = asking.headers.get('retry-after');
    const fault = refusalOf(asking.status, await asking.text(), after === null ? null : Number(after));
    return refuse(response, replyError(from, fault));
  }
  if (!call.stream) {
    const whole = replyWhole(call.reply, await asking.text(), world);
    if (whole.kind === 'fault') return refuse(response, replyError(from, whole.fault));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole.body));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const stream = replyStream(call.reply, world);
  try {
    for await (const bytes of asking.body ?? []) response.write(stream.take(bytes));
  } catch {
    // A connection that is dropped ends the answer as one that was cut.
  }
  response.end(stream.end());
}

function refuse(response: ServerResponse, { status, body, retryAfter }: ReturnType<typeof replyError>): void {
  const headers = { 'content-type': 'application/json', ...(retryAfter !== null && { 'retry-after': String(retryAfter) }) };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

function routeOf(url: string): {
  readonly from: Protocol;
  readonly asked: { readonly model: string | null; readonly stream: boolean | null };
} {
  const [, model = null, verb] = /\/models\/([^/]+):(generateContent|streamGenerateContent)/.exec(url) ?? [];
  if (model !== null) return { from: 'generate-content', asked: { model, stream: verb === 'streamGenerateContent' } };
  const from = url.includes('/messages') ? 'messages' : url.includes('/responses') ? 'responses' : 'chat';
  return { from, asked: { model: null, stream: null } };
}

function pathOf(to: Protocol, stream: boolean, model: string): string {
  if (to === 'generate-content') return `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
  return { messages: '/v1/messages', responses: '/v1/responses', chat: '/v1/chat/completions' }[to];
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
