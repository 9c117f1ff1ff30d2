import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ModelUpstream } from '../../src/core/ports/egress.ts';

export interface ModelRequest {
  /** 'POST /gateway/v1/messages?beta=true' */
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers one request whose body was read. */
export type ModelAnswering = (response: ServerResponse, request: ModelRequest) => void;

/** A model gateway over HTTP that takes requests with its key only, and says what it was told to say. */
export interface ModelDouble extends ModelUpstream {
  /** What stands behind `Bearer` in its credentials. */
  readonly key: string;
  requests(): readonly ModelRequest[];
  /** From now on it answers so; at first, with the line and the length of the body as JSON. */
  answerBy(answering: ModelAnswering): void;
  /** Where it is said to be; null where none is configured. */
  place(): string | null;
  /** From now on this is where it is said to be; null where none is configured. */
  moveTo(url: string | null): void;
  /** As it was made, with no request seen. */
  reset(): void;
  close(): Promise<void>;
}

/**
 * Starts a model gateway on a free port of 127.0.0.1, with a path of its own.
 *
 * @example
 * const model = await modelDouble();
 * model.answerBy((response) => response.writeHead(529).end('{"type":"error"}'));
 */
export async function modelDouble(): Promise<ModelDouble> {
  const key = `sk-of-the-factory-${'k3y'.repeat(8)}`;
  const seen: ModelRequest[] = [];
  let answering: ModelAnswering = plainly;
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    take(request, response).catch(() => response.destroy());
  });
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const taken = { line: `${request.method} ${request.url}`, headers: request.headers, body: await buffer(request) };
    seen.push(taken);
    if (request.headers.authorization !== `Bearer ${key}`) return void response.writeHead(401).end('who?');
    answering(response, taken);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  const home = `http://127.0.0.1:${port}/gateway/run-${'t0ken'.repeat(4)}`;
  let place: string | null = home;
  return {
    key,
    place: () => place,
    target: ({ path }) => upstreamAt(place, { authorization: `Bearer ${key}` }).target({ job: '', path, headers: {} }),
    requests: () => [...seen],
    answerBy: (next) => void (answering = next),
    moveTo: (url) => void (place = url),
    reset() {
      seen.length = 0;
      answering = plainly;
      place = home;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A gateway at one place for every job, with the same credentials; null where there is none. */
export function upstreamAt(base: string | null, proof: Readonly<Record<string, string>> = {}): ModelUpstream {
  return {
    target: async ({ path }) =>
      base === null ? { kind: 'none', why: 'no model gateway is configured' } : { kind: 'at', base, path, proof },
  };
}

const plainly: ModelAnswering = (response, { line, body }) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ line, bytes: body.length }));
};
