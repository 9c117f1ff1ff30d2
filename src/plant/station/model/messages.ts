import type { SessionEvent } from '../../../core/station/session-event.ts';
import { at, countAt, listAt, numberAt, textAt } from '../foreign.ts';
import type { Protocol, Turn } from './protocol.ts';

/** Tokens that an answer may have: this API wants to be told. A report needs a fraction of it. */
const longestAnswer = 8_192;

/** Anthropic Messages. */
export const messages: Protocol = {
  name: 'messages',
  base: 'ANTHROPIC_BASE_URL',
  key: 'ANTHROPIC_API_KEY',
  keyHeader: ['x-api-key', ''],
  path: '/v1/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  body: ({ model, system, tool: { name, description, inputSchema }, turns }) => ({
    model,
    max_tokens: longestAnswer,
    system,
    messages: messagesOf(turns),
    tools: [{ name, description, input_schema: inputSchema }],
    tool_choice: { type: 'tool', name },
  }),
  read: (body) => {
    const content = at(body, 'content');
    if (!Array.isArray(content)) return null;
    const blocks = listAt(body, 'content');
    const call = blocks.find((block) => textAt(block, 'type') === 'tool_use');
    const reason = textAt(body, 'stop_reason');
    return {
      raw: content,
      call: call === undefined ? null : { id: textAt(call, 'id'), name: textAt(call, 'name'), input: at(call, 'input') },
      words: blocks.map((block) => textAt(block, 'text')).join(''),
      stop: reason === 'refusal' ? 'declined' : reason === 'max_tokens' ? 'length' : 'end',
      model: textAt(body, 'model') || null,
      usage: usageOf(at(body, 'usage')),
    };
  },
};

/** What the user and his tools say in a row is one message of the user. */
function messagesOf(turns: readonly Turn[]): readonly object[] {
  const said: { role: 'user' | 'assistant'; content: unknown[] }[] = [];
  for (const turn of turns) {
    const role = turn.kind === 'model' ? 'assistant' : 'user';
    const last = said.at(-1);
    if (last?.role === role) last.content.push(...blocksOf(turn));
    else said.push({ role, content: [...blocksOf(turn)] });
  }
  return said;
}

function blocksOf(turn: Turn): readonly unknown[] {
  switch (turn.kind) {
    case 'user':
      return [{ type: 'text', text: turn.text }];
    case 'model':
      return Array.isArray(turn.raw) ? turn.raw : [];
    case 'result':
      return [{ type: 'tool_result', tool_use_id: turn.id, content: turn.text, is_error: turn.isError }];
  }
}

function usageOf(usage: unknown): (SessionEvent & { readonly type: 'usage' }) | null {
  if (numberAt(usage, 'input_tokens') === null) return null;
  return {
    type: 'usage',
    scope: 'call',
    input: countAt(usage, 'input_tokens'),
    cacheRead: countAt(usage, 'cache_read_input_tokens'),
    cacheWrite: countAt(usage, 'cache_creation_input_tokens'),
    output: countAt(usage, 'output_tokens'),
    reasoning: null,
    costUsd: null,
  };
}
