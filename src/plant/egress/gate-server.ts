import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EgressRoute } from '../../core/ports/egress.ts';
import { capabilityOf, closedText, misaddressed } from './capability.ts';
import { refusalText, refuse, say, type Exchange } from './exchange.ts';
import { admits, keyless } from './key.ts';
import type { Refuse } from './refusals.ts';
import type { Traffic } from './traffic.ts';
import type { UnderWay } from './under-way.ts';

/** What stands behind one workspace's socket. */
export interface Gate {
  /** What each path begins with; null where the socket says who comes. */
  readonly key: string | null;
  /** What may be reached now. */
  readonly open: ReadonlySet<EgressRoute>;
  /** How the requests of each capability are answered. */
  readonly answers: Readonly<Record<EgressRoute, (exchange: Exchange) => Promise<void>>>;
  readonly refuse: Refuse;
  readonly traffic: Traffic;
  readonly underWay: UnderWay;
  /** Requests at once. */
  readonly requests: number;
}

/** A server that waits for its gate. Heads come at once or not at all; for bodies each capability has patience of its own. */
export function bareServer(requests: number): Server {
  const server = createServer({ headersTimeout: 20_000, requestTimeout: 0, keepAliveTimeout: 120_000, maxHeaderSize: 16_384 });
  server.maxConnections = 2 * requests;
  return server;
}

/** Answers what a capability covers that is open, and refuses all else. */
export function attend(server: Server, gate: Gate): void {
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    gate.traffic.asked();
    const admitted = admits(gate.key, request);
    const { url = '', headers } = request;
    const exchange = { request, response, route: capabilityOf({ url, headers }) };
    if (gate.underWay.count() >= gate.requests) {
      response.setHeader('retry-after', '1');
      return say(exchange, 503, 'jidoka answers no more requests at once.');
    }
    if (!admitted) return refuse(gate.refuse, exchange, keyless);
    const why = misaddressed({ url, headers }) ?? (gate.open.has(exchange.route) ? null : closedText(exchange.route, gate.open));
    if (why !== null) return refuse(gate.refuse, exchange, why);
    gate.underWay.begin(exchange, gate.answers[exchange.route](exchange));
  };
  server.on('request', take);
  // Whoever wants to be told to send a body is told so by the capability that takes one.
  server.on('checkContinue', take);
  server.on('connect', (request, socket) => cutOff(gate, { request, socket, status: 403 }, 'no connection to any host is made'));
  server.on('upgrade', (request, socket) => {
    admits(gate.key, request);
    // By this status clients of models know that they are to stay with plain requests.
    const status = capabilityOf({ url: request.url ?? '', headers: request.headers }) === 'model' ? 426 : 403;
    cutOff(gate, { request, socket, status }, 'a connection stays what it is');
  });
  server.on('clientError', (_error, socket) => end(socket, 400, 'This is no request that jidoka understands.'));
}

interface Cut {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly status: number;
}

function cutOff(gate: Gate, { request, socket, status }: Cut, why: string): void {
  gate.traffic.asked();
  gate.refuse(request.method ?? '', request.url ?? '', why);
  end(socket, status, refusalText(why));
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

/** Ends all connections. Node removes the socket's file with its server. */
export async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
