// An upstream of models that answers at once, in a process of its own: Messages and Chat Completions, in one piece and as 60 chunks, one in a
// millisecond: a model that writes a thousand tokens in a second is faster than any.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const chunks = 60;
const text = 'words of an answer ';
const usage = { input_tokens: 1000, output_tokens: 300, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'up', stop_sequence: null };
const completion = { id: 'chatcmpl-1', created: 1, model: 'up' };
const chatUsage = { prompt_tokens: 1000, completion_tokens: 300, total_tokens: 1300 };
/** @type {Readonly<Record<string, { whole: string, stream: readonly string[] }>>} */
const answers = {
  '/v1/messages': {
    whole: JSON.stringify({ ...message, content: [{ type: 'text', text: text.repeat(chunks) }], stop_reason: 'end_turn', usage }),
    stream: [
      event('message_start', { message: { ...message, content: [], stop_reason: null, usage } }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...Array.from({ length: chunks }, () => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
      event('content_block_stop', { index: 0 }),
      event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 300 } }),
      event('message_stop', {}),
    ],
  },
  '/v1/chat/completions': {
    whole: JSON.stringify({
      ...completion,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: text.repeat(chunks) }, finish_reason: 'stop' }],
      usage: chatUsage,
    }),
    stream: [
      ...Array.from({ length: chunks }, () => chunk([{ index: 0, delta: { content: text }, finish_reason: null }])),
      chunk([{ index: 0, delta: {}, finish_reason: 'stop' }], { usage: chatUsage }),
      'data: [DONE]\n\n',
    ],
  },
};

const server = createServer(async (request, response) => {
  /** @type {Buffer[]} */
  const body = [];
  for await (const part of request) body.push(part);
  const answer = answers[request.url ?? ''];
  if (answer === undefined) return void response.writeHead(404).end('{}');
  if (!Buffer.concat(body).includes('"stream":true')) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer.whole) }).end(answer.whole);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const part of answer.stream) {
    response.write(part);
    await pause(1);
  }
  response.end();
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}` }));
});

/**
 * @param {string} type
 * @param {object} members
 */
function event(type, members) {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}

/**
 * @param {readonly object[]} choices
 * @param {object} [more]
 */
function chunk(choices, more = {}) {
  return `data: ${JSON.stringify({ ...completion, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
}
