import type { LaneTongue, LaneUsage } from './lane.ts';
import { sdkPart, sdkResult, sdkStream } from './sdk-answers.ts';

/** What the upstream answers: a thought, words, and two calls at once. */
export const answer = {
  thought: 'Two files then.',
  text: 'Both, änd at ønce 👍.',
  calls: [
    { id: 'call_one', name: 'read_file', input: { path: 'a "quoted" \\ path' } },
    { id: 'call_two', name: 'view', input: { file: 'b' } },
  ],
} as const;

/** Tokens as each API can tell them: only one tells of what it wrote into a cache, and that one not of thoughts. */
export const usages: Readonly<Record<LaneTongue, LaneUsage>> = {
  messages: { input: 100, cacheRead: 40, cacheWrite: 10, output: 30, reasoning: 0 },
  responses: { input: 110, cacheRead: 40, cacheWrite: 0, output: 30, reasoning: 8 },
  chat: { input: 110, cacheRead: 40, cacheWrite: 0, output: 30, reasoning: 8 },
  'generate-content': { input: 110, cacheRead: 40, cacheWrite: 0, output: 30, reasoning: 8 },
  sdk: { input: 100, cacheRead: 40, cacheWrite: 10, output: 30, reasoning: 8 },
};

export const signature = 'U2lnbmF0dXJlIG9mIHRoZSB1cHN0cmVhbQ==';
const [one, two] = answer.calls;
const halves = (text: string): readonly [string, string] => [text.slice(0, 7), text.slice(7)];

/** The answer as a stream of each API, event by event. */
export const streams: Readonly<Record<LaneTongue, readonly string[]>> = {
  messages: [
    named('message_start', {
      message: { id: 'msg_up', type: 'message', role: 'assistant', model: 'upstream-model', content: [], usage: messagesUsage(1) },
    }),
    named('ping', {}),
    named('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
    ...halves(answer.thought).map((thinking) => named('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking } })),
    named('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature } }),
    named('content_block_stop', { index: 0 }),
    named('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }),
    ...halves(answer.text).map((text) => named('content_block_delta', { index: 1, delta: { type: 'text_delta', text } })),
    named('content_block_stop', { index: 1 }),
    ...[one, two].flatMap(({ id, name, input }, at) => [
      named('content_block_start', { index: at + 2, content_block: { type: 'tool_use', id, name, input: {} } }),
      ...['', ...halves(JSON.stringify(input))].map((json) =>
        named('content_block_delta', { index: at + 2, delta: { type: 'input_json_delta', partial_json: json } }),
      ),
      named('content_block_stop', { index: at + 2 }),
    ]),
    named('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: messagesUsage(30) }),
    named('message_stop', {}),
  ],
  responses: [
    named('response.created', { sequence_number: 0, response: responsesHead('in_progress') }),
    named('response.output_item.added', { output_index: 0, item: { type: 'reasoning', id: 'rs_up', summary: [] } }),
    ...halves(answer.thought).map((delta) =>
      named('response.reasoning_summary_text.delta', { output_index: 0, item_id: 'rs_up', summary_index: 0, delta }),
    ),
    named('response.output_item.done', { output_index: 0, item: reasoningItem() }),
    named('response.output_item.added', { output_index: 1, item: { type: 'message', id: 'msg_up', role: 'assistant', content: [] } }),
    named('response.content_part.added', { output_index: 1, item_id: 'msg_up', content_index: 0, part: { type: 'output_text', text: '' } }),
    ...halves(answer.text).map((delta) =>
      named('response.output_text.delta', { output_index: 1, item_id: 'msg_up', content_index: 0, delta, logprobs: [] }),
    ),
    named('response.output_item.done', { output_index: 1, item: messageItem() }),
    ...[one, two].flatMap((call, at) => [
      named('response.output_item.added', { output_index: at + 2, item: { ...callItem(call), arguments: '', status: 'in_progress' } }),
      ...halves(JSON.stringify(call.input)).map((delta) =>
        named('response.function_call_arguments.delta', { output_index: at + 2, item_id: `fc_${call.id}`, delta }),
      ),
      named('response.function_call_arguments.done', {
        output_index: at + 2,
        item_id: `fc_${call.id}`,
        arguments: JSON.stringify(call.input),
      }),
      named('response.output_item.done', { output_index: at + 2, item: callItem(call) }),
    ]),
    named('response.completed', {
      response: {
        ...responsesHead('completed'),
        output: [reasoningItem(), messageItem(), callItem(one), callItem(two)],
        usage: responsesUsage(),
      },
    }),
  ],
  chat: [
    ': OPENROUTER PROCESSING\n\n',
    chunk({ role: 'assistant', content: '' }),
    ...halves(answer.thought).map((text) => chunk({ reasoning_content: text })),
    ...halves(answer.text).map((text) => chunk({ content: text })),
    ...[one, two].flatMap(({ id, name, input }, index) => [
      chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
      ...halves(JSON.stringify(input)).map((text) => chunk({ tool_calls: [{ index, function: { arguments: text } }] })),
    ]),
    chunk({}, 'tool_calls'),
    data({ id: 'chatcmpl-up', object: 'chat.completion.chunk', choices: [], usage: chatUsage() }),
    'data: [DONE]\n\n',
  ],
  'generate-content': [
    ...halves(answer.thought).map((text) => geminiChunk([{ text, thought: true }])),
    ...halves(answer.text).map((text) => geminiChunk([{ text }])),
    geminiChunk([
      { functionCall: { id: one.id, name: one.name, args: one.input }, thoughtSignature: signature },
      { functionCall: { id: two.id, name: two.name, args: two.input } },
    ]),
    geminiChunk([{ text: '' }], 'STOP'),
  ],
  sdk: sdkStream(answer, signature),
};

/** The same in one piece. */
export const wholes: Readonly<Record<LaneTongue, object>> = {
  messages: {
    id: 'msg_up',
    type: 'message',
    role: 'assistant',
    model: 'upstream-model',
    content: [
      { type: 'thinking', thinking: answer.thought, signature },
      { type: 'text', text: answer.text },
      ...answer.calls.map((call) => ({ type: 'tool_use', ...call })),
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: messagesUsage(30),
  },
  responses: {
    ...responsesHead('completed'),
    output: [reasoningItem(), messageItem(), callItem(one), callItem(two)],
    usage: responsesUsage(),
  },
  chat: {
    id: 'chatcmpl-up',
    object: 'chat.completion',
    model: 'upstream-model',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.text,
          reasoning_content: answer.thought,
          tool_calls: answer.calls.map(({ id, name, input }) => ({
            id,
            type: 'function',
            function: { name, arguments: JSON.stringify(input) },
          })),
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage: chatUsage(),
  },
  'generate-content': geminiContent(
    [
      { text: answer.thought, thought: true },
      { text: answer.text },
      { functionCall: { id: one.id, name: one.name, args: one.input }, thoughtSignature: signature },
      { functionCall: { id: two.id, name: two.name, args: two.input } },
    ],
    'STOP',
  ),
  sdk: sdkResult(answer, signature),
};

/** An error in the midst of a stream. */
export const errorEvents: Readonly<Record<LaneTongue, string>> = {
  messages: named('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
  responses: named('response.failed', {
    response: { ...responsesHead('failed'), error: { code: 'server_is_overloaded', message: 'Overloaded' } },
  }),
  chat: data({ error: { message: 'Overloaded', type: 'server_error', code: 'server_is_overloaded' } }),
  // This API does not make an event of it.
  'generate-content': `${JSON.stringify({ error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } }, null, 2)}\n`,
  sdk: sdkPart({ type: 'error', error: { message: 'Overloaded', type: 'serviceUnavailableException' } }),
};

function data(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function named(type: string, members: object): string {
  return `event: ${type}\n${data({ type, ...members })}`;
}

function messagesUsage(output: number): object {
  return { input_tokens: 100, cache_creation_input_tokens: 10, cache_read_input_tokens: 40, output_tokens: output };
}

function responsesUsage(): object {
  return {
    input_tokens: 150,
    input_tokens_details: { cached_tokens: 40 },
    output_tokens: 30,
    output_tokens_details: { reasoning_tokens: 8 },
    total_tokens: 180,
  };
}

function chatUsage(): object {
  return {
    prompt_tokens: 150,
    prompt_tokens_details: { cached_tokens: 40 },
    completion_tokens: 30,
    completion_tokens_details: { reasoning_tokens: 8 },
    total_tokens: 180,
  };
}

function responsesHead(status: string): object {
  return {
    id: 'resp_up',
    object: 'response',
    created_at: 1,
    model: 'upstream-model',
    status,
    error: null,
    incomplete_details: null,
    output: [],
  };
}

function reasoningItem(): object {
  return { type: 'reasoning', id: 'rs_up', summary: [{ type: 'summary_text', text: answer.thought }], encrypted_content: signature };
}

function messageItem(): object {
  return {
    type: 'message',
    id: 'msg_up',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: answer.text, annotations: [] }],
  };
}

function callItem({ id, name, input }: (typeof answer.calls)[number]): object {
  return { type: 'function_call', id: `fc_${id}`, call_id: id, name, arguments: JSON.stringify(input), status: 'completed' };
}

function chunk(delta: object, finish: string | null = null): string {
  return data({
    id: 'chatcmpl-up',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'upstream-model',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
}

function geminiContent(parts: readonly object[], finishReason?: string): object {
  const usageMetadata = {
    promptTokenCount: 150,
    cachedContentTokenCount: 40,
    candidatesTokenCount: 22,
    thoughtsTokenCount: 8,
    totalTokenCount: 180,
  };
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, finishReason }],
    usageMetadata,
    modelVersion: 'upstream-model',
    responseId: 'up',
  };
}

function geminiChunk(parts: readonly object[], finishReason?: string): string {
  return data(geminiContent(parts, finishReason));
}
