import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Egress, EgressGate, EgressOrder } from '../../core/ports/egress.ts';
import { answer, refusalText, refuse, type Gate } from './answer.ts';
import { npmEnvironment } from './environment.ts';
import { knownNames } from './known-names.ts';
import { defaultLimits, type EgressLimits } from './limits.ts';
import { listenAt } from './listen.ts';
import { tellingOnce } from './refusals.ts';
import type { Upstreams } from './upstreams.ts';

export interface EgressOptions {
  readonly upstreams: Upstreams;
  readonly limits?: Partial<EgressLimits>;
}

/**
 * Opens the way out for confined commands: metadata and tarballs of packages, from the owner's registries, with the
 * owner's credentials added outside of the wall. Everything else is refused and told.
 *
 * @example
 * const egress = openEgress({ upstreams: npmUpstreams({ cwd: home, env: process.env }) });
 * const gate = await egress.serve({ socket: '/run/one.sock', user: null, refused: ({ request }) => console.error(request) });
 * gate.environment(4873); // { npm_config_registry: 'http://127.0.0.1:4873/npm/', … }
 */
export function openEgress({ upstreams, limits }: EgressOptions): Egress {
  return { serve: (order) => serve({ upstreams, limits: { ...defaultLimits, ...limits } }, order) };
}

async function serve({ upstreams, limits }: Pick<Gate, 'upstreams' | 'limits'>, order: EgressOrder): Promise<EgressGate> {
  const registries = await upstreams.registries();
  const known = knownNames(limits.unknownNames);
  const server = serverFor({ upstreams, registries, limits, known, refuse: tellingOnce(order.refused) });
  await listenAt(server, order);
  let closed: Promise<void> | null = null;
  return {
    environment: (port) => npmEnvironment(registries, port),
    close: () => (closed ??= close(server)),
  };
}

/** A server that answers what a capability covers and refuses all else. */
function serverFor(gate: Gate): Server {
  // Headers come at once or not at all; bodies never come.
  const server = createServer({ headersTimeout: 20_000, requestTimeout: 30_000, keepAliveTimeout: 120_000, maxHeaderSize: 16_384 });
  server.maxConnections = 2 * gate.limits.requests;
  let waiting = 0;
  server.on('request', (request, response) => {
    if (waiting >= gate.limits.requests) {
      response.writeHead(503, { 'retry-after': '1' }).end('{"error":"jidoka answers no more requests at once."}');
      return;
    }
    waiting += 1;
    response.once('close', () => (waiting -= 1));
    answer(gate, { request, response }).catch(() => response.destroy());
  });
  // A request that wants to be told to send its body is refused for having one.
  server.on('checkContinue', (request, response) => refuse(gate, { request, response }, 'a request has no body'));
  server.on('connect', (request, socket) => cutOff(gate, request, socket, 'no connection to any host is made'));
  server.on('upgrade', (request, socket) => cutOff(gate, request, socket, 'a connection stays what it is'));
  server.on('clientError', (_error, socket) => end(socket, 400, 'This is no request that jidoka understands.'));
  return server;
}

function cutOff(gate: Gate, request: IncomingMessage, socket: Duplex, why: string): void {
  gate.refuse(request.method ?? '', request.url ?? '', why);
  end(socket, 403, refusalText(why));
}

/** Answers where node gives no response to write to. */
function end(socket: Duplex, status: number, error: string): void {
  const body = JSON.stringify({ error });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\nconnection: close`;
  socket.on('error', () => undefined);
  // Whoever does not hang up on a refusal is hung up on.
  if (socket.writable) socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => socket.destroy());
  else socket.destroy();
}

/** Node removes the socket's file with its server. */
async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
