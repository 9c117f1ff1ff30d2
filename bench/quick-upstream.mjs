// An upstream that costs next to nothing, so that a load on a gateway measures the gateway: whatever it is asked over HTTP with a length, it
// gives one answer of the Messages API.
import { createServer } from 'node:net';

const usage = { input_tokens: 1000, output_tokens: 300, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
const content = [{ type: 'text', text: 'words of an answer '.repeat(60) }];
const body = JSON.stringify({ id: 'msg_1', type: 'message', role: 'assistant', model: 'up', content, stop_reason: 'end_turn', usage });
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
);

const server = createServer({ noDelay: true }, (socket) => {
  let waiting = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    for (;;) {
      const head = waiting.indexOf('\r\n\r\n');
      const end =
        head === -1
          ? Number.POSITIVE_INFINITY
          : head + 4 + Number(/^content-length: (\d+)/im.exec(waiting.toString('latin1', 0, head))?.[1] ?? 0);
      if (waiting.length < end) return;
      waiting = waiting.subarray(end);
      socket.write(answer);
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}` }));
});
