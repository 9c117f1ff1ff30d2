import { describe, expect, it } from 'vitest';
import { heardStream, heardWhole, laneUpstream, laneWorld } from '../../../../../kit/gateway/index.ts';
import { type Protocol, replyStream, replyWhole, type ReplyTerms, translate } from '../index.ts';

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, finish: string | null = null): string => data({ id: 5, choices: [{ delta, finish_reason: finish }] });

function termsTo(to: Protocol): ReplyTerms {
  const body = {
    model: 'alias',
    max_tokens: 9,
    thinking: { type: 'enabled', budget_tokens: 1024 },
    messages: [{ role: 'user', content: 'Do.' }],
  };
  const from = to === 'messages' ? 'chat' : 'messages';
  const call = translate({ from, to, body, asked: { model: 'alias', stream: true }, upstream: laneUpstream() });
  if (call.kind === 'refused') throw new Error(call.message);
  return call.reply;
}

function heard(to: Protocol, text: string): ReturnType<typeof heardStream> {
  const terms = termsTo(to);
  const stream = replyStream(terms, laneWorld());
  return heardStream(terms.from, `${stream.take(new TextEncoder().encode(text))}${stream.end()}`);
}

const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] };
const text = { type: 'text', text: 'Yes.' };

describe('what a server writes in its own way, where what is meant is plain', () => {
  it('words and thoughts in a list are words and thoughts', () => {
    const stream = [chunk({ content: [thinking] }), chunk({ content: [text, { type: 'reference', reference_ids: [1] }] }, 'stop')].join('');
    expect(heard('chat', stream)).toMatchObject({ parts: ['thought Hm.', 'text Yes.'], error: null });
    const message = { role: 'assistant', content: [thinking, text] };
    const reply = replyWhole(termsTo('chat'), JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }), laneWorld());
    expect(heardWhole('messages', reply.kind === 'answer' ? reply.body : reply).parts).toEqual(['thought Hm.', 'text Yes.']);
  });

  it('a thought that came in a list can be handed back in a conversation that goes on', () => {
    const reply = replyWhole(
      termsTo('chat'),
      JSON.stringify({ choices: [{ message: { content: [thinking, text] }, finish_reason: 'stop' }] }),
      laneWorld(),
    );
    if (reply.kind !== 'answer') throw new Error('no answer');
    const messages = [
      { role: 'user', content: 'Do.' },
      { role: 'assistant', content: reply.body['content'] },
      { role: 'user', content: 'On.' },
    ];
    const asked = { model: 'alias', stream: false };
    const next = translate({
      from: 'messages',
      to: 'chat',
      body: { model: 'alias', max_tokens: 9, messages },
      asked,
      upstream: laneUpstream(),
    });
    expect(next).toMatchObject({ kind: 'call', body: { messages: [{}, { role: 'assistant', content: 'Yes.' }, {}] } });
  });

  it.each([
    ['chat', [chunk({ tool_calls: [{ index: '0', id: 7, function: { name: 'f', arguments: { a: 1 } } }] }), chunk({}, 'tool_calls')]],
    [
      'responses',
      [
        data({
          type: 'response.output_item.done',
          output_index: '0',
          item: { type: 'function_call', call_id: 7, name: 'f', arguments: { a: 1 } },
        }),
        data({ type: 'response.completed', response: { id: 7, output: 'elsewhere' } }),
      ],
    ],
    [
      'messages',
      [
        data({ type: 'message_start', message: { id: 7, usage: 'later' } }),
        data({ type: 'content_block_start', index: '0', content_block: { type: 'tool_use', id: 7, name: 'f', input: { a: 1 } } }),
        data({ type: 'content_block_stop', index: '0' }),
        data({ type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: null }),
        data({ type: 'message_stop' }),
      ],
    ],
    [
      'generate-content',
      [
        data({
          responseId: 7,
          candidates: [{ content: { parts: [{ functionCall: { id: 7, name: 'f', args: { a: 1 } } }] }, finishReason: 'STOP' }],
        }),
      ],
    ],
  ] as const)('a call of %s has its arguments and its id', (to, events) => {
    expect(heard(to, events.join(''))).toMatchObject({ parts: ['call 7 f {"a":1}'], error: null });
  });
});

describe('the one call of an answer, as it was before there were lists of them', () => {
  const whole = (message: object): ReturnType<typeof heardWhole> => {
    const body = { choices: [{ message: { role: 'assistant', content: null, ...message }, finish_reason: 'function_call' }] };
    const reply = replyWhole(termsTo('chat'), JSON.stringify(body), laneWorld());
    return heardWhole('messages', reply.kind === 'answer' ? reply.body : reply);
  };

  it.each(['{"a":1}', { a: 1 }])('is a call, with an id that is made for it: %j', (given) => {
    const { parts, stop } = whole({ function_call: { name: 'f', arguments: given } });
    expect([parts, stop]).toEqual([[expect.stringMatching(/^call \S+ f {"a":1}$/)], 'tool_use']);
  });

  it('is one call in a stream, whose arguments come in pieces', () => {
    const pieces = [{ name: 'f', arguments: '' }, { arguments: '{"a"' }, { arguments: ':1}' }];
    const stream = [...pieces.map((one) => chunk({ function_call: one })), chunk({}, 'function_call')].join('');
    expect(heard('chat', stream)).toMatchObject({ parts: [expect.stringMatching(/^call \S+ f {"a":1}$/)], stop: 'tool_use', error: null });
  });

  it('is none where it stands beside a list of calls, or is empty', () => {
    const own = { name: 'f', arguments: '{"a":1}' };
    expect(whole({ function_call: own, tool_calls: [{ id: 'c', type: 'function', function: own }] }).parts).toEqual(['call c f {"a":1}']);
    for (const none of [null, {}, { name: '', arguments: '' }, 'none'])
      expect(whole({ content: 'Yes.', function_call: none }).parts).toEqual(['text Yes.']);
  });
});

it.each([
  ['chat', chunk({ content: [{ type: 'hologram' }] }, 'stop')],
  ['messages', data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: {} } })],
  ['responses', data({ type: 'response.output_text.delta', output_index: 0, delta: {} })],
  ['generate-content', data({ candidates: [{ content: { parts: [{ functionCall: { partialArgs: [] } }] }, finishReason: 'STOP' }] })],
] as const)('part of an answer of %s that nobody can read ends a translation with a sentence', (to, event) => {
  expect(heard(to, event)).toMatchObject({ stop: null, error: expect.stringMatching(/cannot be put into other words/) });
});

it.each(['messages', 'responses', 'generate-content'] as const)('the mark that ends streams of another API ends none of %s', (to) => {
  expect(heard(to, 'data: [DONE]\n\n').error).toMatch(/broke off/);
});
