import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A server that sends whatever bytes a test gives it, whether or not they are HTTP. */
export interface RawUpstream {
  readonly url: string;
  /** All requests so far, as they came. */
  readonly requests: readonly string[];
  /** How many connections were closed from the other side while an answer was under way. */
  readonly left: () => number;
  close(): Promise<void>;
}

/** Serves each request with `answer`; it writes, and ends or does not. */
export async function rawUpstream(answer: (socket: Socket, request: string, count: number) => void): Promise<RawUpstream> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let left = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    const leave = (): void => {
      if (!socket.writableEnded) left += 1;
    };
    socket.on('error', leave);
    socket.on('end', leave);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (head === -1 || text.length < head + 4 + length) return;
      requests.push(text);
      const request = text;
      text = '';
      answer(socket, request, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    left: () => left,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** An answer in one piece, as HTTP has it. */
export function http(status: number, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers };
  return `HTTP/1.1 ${status} Any\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`;
}

/** The head of a stream that ends with its connection. */
export const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n';

export function event(type: string, members: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}

const usage = { input_tokens: 100, output_tokens: 1, cache_read_input_tokens: 50, cache_creation_input_tokens: 0 };
export const messageStart = event('message_start', {
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'twin', content: [], stop_reason: null, usage },
});
export const textOf = (text: string): string =>
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
export const messageEnd =
  event('content_block_stop', { index: 0 }) +
  event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 7 } }) +
  event('message_stop', {});

/** An answer of the Messages API in one piece. */
export const message = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'twin',
  content: [{ type: 'text', text: 'Fine.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { ...usage, output_tokens: 7 },
});
