import type { SessionEvent } from '../../../core/station/session-event.ts';
import { at, countAt, listAt, numberAt, textAt } from '../foreign.ts';
import type { Protocol, Turn } from './protocol.ts';

/** OpenAI Chat Completions, which servers of local models and most gateways speak. */
export const chat: Protocol = {
  name: 'chat',
  base: 'OPENAI_BASE_URL',
  key: 'OPENAI_API_KEY',
  keyHeader: ['authorization', 'Bearer '],
  path: '/chat/completions',
  headers: {},
  body: ({ model, system, tool: { name, description, inputSchema }, turns }) => ({
    model,
    messages: [{ role: 'system', content: system }, ...turns.map(messageOf)],
    tools: [{ type: 'function', function: { name, description, parameters: inputSchema } }],
    tool_choice: { type: 'function', function: { name } },
  }),
  read: (body) => {
    const choice = listAt(body, 'choices')[0];
    const message = at(choice, 'message');
    if (typeof message !== 'object' || message === null) return null;
    const call = listAt(message, 'tool_calls')[0];
    const declined = textAt(message, 'refusal');
    return {
      raw: message,
      call:
        call === undefined
          ? null
          : { id: textAt(call, 'id'), name: textAt(call, 'function', 'name'), input: parsed(textAt(call, 'function', 'arguments')) },
      words: declined === '' ? textAt(message, 'content') : declined,
      stop: stopOf(textAt(choice, 'finish_reason'), declined !== ''),
      model: textAt(body, 'model') || null,
      usage: usageOf(at(body, 'usage')),
    };
  },
};

function messageOf(turn: Turn): unknown {
  switch (turn.kind) {
    case 'user':
      return { role: 'user', content: turn.text };
    case 'model':
      return turn.raw;
    case 'result':
      return { role: 'tool', tool_call_id: turn.id, content: turn.text };
  }
}

function stopOf(reason: string, declined: boolean): 'end' | 'length' | 'declined' {
  if (declined || reason === 'content_filter') return 'declined';
  return reason === 'length' ? 'length' : 'end';
}

/** What is no JSON is handed in as it is: the desk says what is wrong with it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** `prompt_tokens` counts what came out of a cache too. */
function usageOf(usage: unknown): (SessionEvent & { readonly type: 'usage' }) | null {
  if (numberAt(usage, 'prompt_tokens') === null) return null;
  const cacheRead = countAt(usage, 'prompt_tokens_details', 'cached_tokens');
  return {
    type: 'usage',
    scope: 'call',
    input: Math.max(0, countAt(usage, 'prompt_tokens') - cacheRead),
    cacheRead,
    cacheWrite: 0,
    output: countAt(usage, 'completion_tokens'),
    reasoning: numberAt(usage, 'completion_tokens_details', 'reasoning_tokens'),
    costUsd: null,
  };
}
