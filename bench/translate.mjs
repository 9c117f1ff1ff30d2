// What translating a model's request and answer costs, for each pair of APIs: CPU of this process, without any network.
import { spread, rounded } from './measure.mjs';

/** @typedef {import('../dist/src/plant/gateway/translate/index.js').Protocol} Protocol */

const goals = { p50MsAt4KB: 0.8, p50MsAt400KB: 15 };
const asked = { model: 'alias', stream: true };
const upstream = {
  model: 'upstream-model',
  family: 'upstream',
  maxOutputTokens: 16_000,
  thinking: /** @type {const} */ ('effort'),
  images: true,
  cacheMarks: true,
  cacheKey: null,
  completionTokens: false,
};
const world = { newId: () => 'n1', now: () => 1_767_225_600 };

/** Requests of two sizes, their parsing and writing included, and an answer of 60 chunks. */
export async function translateBench() {
  const lane = await import('../dist/src/plant/gateway/translate/index.js');
  /** @type {Record<string, unknown>} */
  const pairs = {};
  for (const from of lane.protocols) {
    for (const to of lane.protocols.filter((protocol) => protocol !== from)) {
      const request = (/** @type {number} */ size, /** @type {number} */ times) => {
        const body = JSON.stringify(requestOf(from, size));
        const once = () => {
          const call = lane.translate({ from, to, body: JSON.parse(body), asked, upstream });
          if (call.kind === 'refused') throw new Error(call.message);
          return JSON.stringify(call.body);
        };
        return { bytes: body.length, ...measured(once, times) };
      };
      const call = lane.translate({ from, to, body: requestOf(from, 4_000), asked, upstream });
      if (call.kind === 'refused') throw new Error(call.message);
      const chunks = answerOf(to).map((text) => new TextEncoder().encode(text));
      const answer = () => {
        const stream = lane.replyStream(call.reply, world);
        const out = `${chunks.map((chunk) => stream.take(chunk)).join('')}${stream.end()}`;
        if (stream.seen().fault !== null) throw new Error(`${from} from ${to}: ${stream.seen().fault?.message}`);
        return out;
      };
      pairs[`${from} -> ${to}`] = {
        request4KB: request(4_000, 400),
        request400KB: request(400_000, 60),
        answer60Chunks: measured(answer, 300),
      };
    }
  }
  return { goals, unit: 'ms', pairs };
}

/**
 * @param {() => string} once
 * @param {number} times
 */
function measured(once, times) {
  for (let at = 0; at < times / 2; at += 1) once();
  const walls = [];
  const before = process.cpuUsage();
  for (let at = 0; at < times; at += 1) {
    const startedAt = performance.now();
    once();
    walls.push(performance.now() - startedAt);
  }
  const { user, system } = process.cpuUsage(before);
  return { cpu: rounded((user + system) / 1_000 / times, 3), wall: spread(walls, 3) };
}

/**
 * A conversation of rounds with a call and its result, about as long as asked for.
 *
 * @param {Protocol} protocol
 * @param {number} size
 */
function requestOf(protocol, size) {
  return requests[protocol](Array.from({ length: Math.max(1, Math.floor(size / 2_200)) }, (_, at) => ({ ...round, id: `call_${at}` })));
}

const round = {
  id: '',
  said: 'word '.repeat(100),
  input: { path: 'src/file.ts', text: 'line "quoted"\n'.repeat(20) },
  result: 'output of a tool\n'.repeat(60),
};
const parameters = { type: 'object', properties: { path: { type: 'string' }, text: { type: 'string' } } };

/** @type {Readonly<Record<Protocol, (rounds: readonly (typeof round)[]) => object>>} */
const requests = {
  messages: (rounds) => ({
    model: 'alias',
    max_tokens: 4_000,
    stream: true,
    tools: [{ name: 'edit', input_schema: parameters }],
    messages: [
      { role: 'user', content: 'Do it.' },
      ...rounds.flatMap(({ id, said, input, result }) => [
        {
          role: 'assistant',
          content: [
            { type: 'text', text: said },
            { type: 'tool_use', id, name: 'edit', input },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: result }] },
      ]),
    ],
  }),
  responses: (rounds) => ({
    model: 'alias',
    stream: true,
    tools: [{ type: 'function', name: 'edit', parameters }],
    input: [
      { role: 'user', content: 'Do it.' },
      ...rounds.flatMap(({ id, said, input, result }) => [
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: said }] },
        { type: 'function_call', call_id: id, name: 'edit', arguments: JSON.stringify(input) },
        { type: 'function_call_output', call_id: id, output: result },
      ]),
    ],
  }),
  chat: (rounds) => ({
    model: 'alias',
    stream: true,
    tools: [{ type: 'function', function: { name: 'edit', parameters } }],
    messages: [
      { role: 'user', content: 'Do it.' },
      ...rounds.flatMap(({ id, said, input, result }) => [
        {
          role: 'assistant',
          content: said,
          tool_calls: [{ id, type: 'function', function: { name: 'edit', arguments: JSON.stringify(input) } }],
        },
        { role: 'tool', tool_call_id: id, content: result },
      ]),
    ],
  }),
  'generate-content': (rounds) => ({
    tools: [{ functionDeclarations: [{ name: 'edit', parametersJsonSchema: parameters }] }],
    contents: [
      { role: 'user', parts: [{ text: 'Do it.' }] },
      ...rounds.flatMap(({ id, said, input, result }) => [
        { role: 'model', parts: [{ text: said }, { functionCall: { id, name: 'edit', args: input } }] },
        { role: 'user', parts: [{ functionResponse: { id, name: 'edit', response: { output: result } } }] },
      ]),
    ],
  }),
};

/**
 * A text in 60 chunks.
 *
 * @param {Protocol} protocol
 */
function answerOf(protocol) {
  const words = Array.from({ length: 60 }, (_, at) => `word ${at} `);
  const data = (/** @type {object} */ value) => `data: ${JSON.stringify(value)}\n\n`;
  switch (protocol) {
    case 'messages':
      return [
        { type: 'message_start', message: { id: 'm', usage: { input_tokens: 9 } } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        ...words.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 60 } },
        { type: 'message_stop' },
      ].map(data);
    case 'responses':
      return [
        { type: 'response.created', response: { id: 'r' } },
        { type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'i' } },
        ...words.map((delta) => ({ type: 'response.output_text.delta', output_index: 0, item_id: 'i', delta })),
        { type: 'response.output_item.done', output_index: 0, item: { type: 'message', id: 'i' } },
        { type: 'response.completed', response: { id: 'r', status: 'completed', usage: { input_tokens: 9, output_tokens: 60 } } },
      ].map(data);
    case 'chat':
      return [
        ...words.map((content) => data({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }] })),
        data({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
        'data: [DONE]\n\n',
      ];
    default:
      return [
        ...words.map((text) => data({ candidates: [{ content: { role: 'model', parts: [{ text }] } }] })),
        data({
          candidates: [{ content: { parts: [] }, finishReason: 'STOP' }],
          usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 60 },
        }),
      ];
  }
}
