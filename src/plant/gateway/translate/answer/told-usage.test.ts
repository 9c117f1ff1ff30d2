import { describe, expect, it } from 'vitest';
import type { Protocol } from '../index.ts';
import { answerReader } from './answer-reader.ts';
import { decodeWhole } from './decode-whole.ts';
import type { AnswerEvent, Usage } from './event.ts';

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const usageIn = (events: readonly AnswerEvent[]): Usage | null => events.findLast((event) => event.kind === 'usage')?.usage ?? null;

/** An answer of each API that tells of tokens in these words. */
const answers: Readonly<Record<Protocol, (usage: unknown) => object>> = {
  chat: (usage) => ({ choices: [{ message: { content: 'Yes.' }, finish_reason: 'stop' }], usage }),
  messages: (usage) => ({ type: 'message', content: [{ type: 'text', text: 'Yes.' }], stop_reason: 'end_turn', usage }),
  responses: (usage) => ({ status: 'completed', output: [], usage }),
  'generate-content': (usageMetadata) => ({ candidates: [{ finishReason: 'STOP' }], usageMetadata }),
};
const told = (protocol: Protocol, usage: unknown): Usage | null => usageIn(decodeWhole(protocol, JSON.stringify(answers[protocol](usage))));

describe('tokens in other words than those of the API', () => {
  it.each([
    ['chat', { input_tokens: 10, output_tokens: 5000, input_tokens_details: { cached_tokens: 4 } }],
    ['chat', { prompt_tokens: 10, total_tokens: 5010, prompt_tokens_details: { cached_tokens: 4 } }],
    ['chat', { completion_tokens: 5000, total_tokens: 5010, prompt_cache_hit_tokens: 4 }],
    ['messages', { prompt_tokens: 10, completion_tokens: 5000, cache_read_input_tokens: 4 }],
    ['responses', { prompt_tokens: 10, completion_tokens: 5000, prompt_tokens_details: { cached_tokens: 4 } }],
    ['responses', { input_tokens: 10, total_tokens: 5010, input_tokens_details: { cached_tokens: 4 } }],
    ['generate-content', { prompt_token_count: 10, candidates_token_count: 5000, cached_content_token_count: 4 }],
    ['generate-content', { promptTokenCount: 10, totalTokenCount: 5010, cachedContentTokenCount: 4 }],
    ['generate-content', { promptTokenCount: 10, thoughtsTokenCount: 90, totalTokenCount: 5010, cachedContentTokenCount: 4 }],
    ['generate-content', { candidatesTokenCount: 5000, totalTokenCount: 5010, cachedContentTokenCount: 4 }],
  ] as const)('are read: %s %j', (protocol, usage) => {
    expect(told(protocol, usage)).toMatchObject({ input: 6, cacheRead: 4, output: 5000, untold: [] });
  });

  it.each([
    [{ prompt_tokens: 1, completion_tokens: 9, total_tokens: 510, completion_tokens_details: { reasoning_tokens: 500 } }, 509],
    [{ prompt_tokens: 1, completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 500 } }, 509],
    [{ prompt_tokens: 1, completion_tokens: 509, total_tokens: 510, completion_tokens_details: { reasoning_tokens: 500 } }, 509],
  ])('count thoughts once, whether they stand among what was said or beside it: %j', (usage, output) => {
    expect(told('chat', usage)).toMatchObject({ output, reasoning: 500 });
  });
});

describe('tokens that are not told', () => {
  const nothing = [{}, { total_tokens: 9 }, { prompt_tokens: null, output_tokens: 'many' }, { input_tokens: -3, completion_tokens: 1.5 }];
  it.each([
    ...(['chat', 'messages', 'responses'] as const).flatMap((protocol) => nothing.map((usage) => [protocol, usage] as const)),
    ['generate-content', {}],
    ['generate-content', { totalTokenCount: 9 }],
    ['generate-content', { promptTokenCount: -1, candidatesTokenCount: 0.5 }],
  ] as const)('are none, and not zero: %s %j', (protocol, usage) => {
    expect(told(protocol, usage)).toBeNull();
  });

  it.each([
    ['chat', { prompt_tokens: 7, completion_tokens: -2 }, { input: 7, untold: ['output'] }],
    ['chat', { completion_tokens: 3 }, { output: 3, untold: ['input'] }],
    ['messages', { input_tokens: 7 }, { input: 7, untold: ['output'] }],
    ['messages', { output_tokens: 3, cache_read_input_tokens: 0 }, { output: 3, untold: ['input'] }],
    ['messages', { output_tokens: 3, cache_read_input_tokens: 9 }, { input: 0, cacheRead: 9, output: 3, untold: [] }],
    ['responses', { input_tokens: 7 }, { input: 7, untold: ['output'] }],
    ['generate-content', { promptTokenCount: 7 }, { input: 7, untold: ['output'] }],
  ] as const)('are said to be so where others are: %s %j', (protocol, usage, expected) => {
    expect(told(protocol, usage)).toMatchObject(expected);
  });
});

describe('tokens of a stream', () => {
  const usageAfter = (protocol: Protocol, events: readonly object[]): Usage | null =>
    usageIn(answerReader(protocol).take(new TextEncoder().encode(events.map(data).join(''))));
  const start = { type: 'message_start', message: { id: 'm', usage: { input_tokens: 5, output_tokens: 1 } } };
  const ending = (usage?: object): object => ({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage });

  it('of Messages are whole only where its end tells of them', () => {
    expect(usageAfter('messages', [start])).toMatchObject({ input: 5, untold: ['output'] });
    expect(usageAfter('messages', [start, ending()])).toMatchObject({ input: 5, untold: ['output'] });
    expect(usageAfter('messages', [start, ending({ output_tokens: null })])).toMatchObject({ input: 5, untold: ['output'] });
    expect(usageAfter('messages', [start, ending({ output_tokens: 40 })])).toMatchObject({ input: 5, output: 40, untold: [] });
    expect(usageAfter('messages', [start, ending({ completion_tokens: 40 })])).toMatchObject({ input: 5, output: 40, untold: [] });
  });

  it('that were told stand where the last event tells of none', () => {
    const counted = { choices: [{ delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 5, completion_tokens: 40 } };
    expect(usageAfter('chat', [counted, { choices: [], usage: {} }])).toMatchObject({ input: 5, output: 40, untold: [] });
    expect(usageAfter('chat', [{ choices: [], usage: {} }])).toBeNull();
  });
});
