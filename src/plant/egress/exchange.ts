import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EgressRoute } from '../../core/ports/egress.ts';
import type { Refuse } from './refusals.ts';
import { wordsIn } from './words-in.ts';

/** One request, what it is for, and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: EgressRoute;
}

/** Refuses in words that the client shows to its user, and closes the connection: what else is on it is not looked at. */
export function refuse(tell: Refuse, exchange: Exchange, why: string): void {
  const { request } = exchange;
  tell(request.method ?? '', request.url ?? '', why);
  say(exchange, 403, refusalText(why));
}

/** What whoever was refused is told. */
export function refusalText(why: string): string {
  return `jidoka's egress refused this: ${why}.`;
}

/** Answers in words, in the way that the clients of the capability show them. */
export function say({ request, response, route }: Exchange, status: number, error: string): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const { type, body } = wordsIn(route, status, error);
  const unread = hasBody(request) && !request.complete;
  if (unread || status === 403) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  if (!unread) return void response.end(body);
  response.write(body);
  readOut(request, () => response.end());
}

/** Whether a request tells of a body. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** How much of a body is read of which nothing is wanted any more, in bytes, and how long its pauses may be, in ms. */
const most = 64 * 1024 * 1024;
const pauseMs = 500;

/** Lets a client say what it has begun to say: one whose connection closes meanwhile does not read its answer. */
function readOut(request: IncomingMessage, done: () => void): void {
  // Whoever sends a body with a GET does not wait for an answer in good faith.
  if (request.method === 'GET' || request.method === 'HEAD') return done();
  let bytes = 0;
  const timer = setTimeout(done, pauseMs);
  const stop = (): void => {
    clearTimeout(timer);
    done();
  };
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > most) stop();
    else timer.refresh();
  });
  request.once('end', stop).once('close', stop).resume();
}
