import { describe, expect, it } from 'vitest';
import { heardStream, heardWhole, laneUpstream, laneWorld } from '../../../../kit/gateway/index.ts';
import { replyStream, replyWhole, translate, type TranslatedCall, type Upstream } from './index.ts';
import type { Tongue } from './protocol.ts';

const asks = {
  messages: { model: 'alias', messages: [{ role: 'user', content: 'Do.' }], stop_sequences: ['END', ''] },
  chat: { model: 'alias', messages: [{ role: 'user', content: 'Do.' }], stop: 'END', stream_options: { include_usage: true } },
  'generate-content': { contents: [{ parts: [{ text: 'Do.' }] }], generationConfig: { stopSequences: ['END'] } },
};
const froms = ['messages', 'chat', 'generate-content'] as const;
const ends = { messages: 'stop_sequence', chat: 'stop', 'generate-content': 'STOP' };

function callOf(from: (typeof froms)[number], to: Tongue, more: Partial<Upstream> = {}): TranslatedCall {
  const call = translate({ from, to, body: asks[from], asked: { model: 'alias', stream: null }, upstream: laneUpstream(more) });
  if (call.kind === 'refused') throw new Error(call.message);
  return call;
}

const call = { type: 'function_call', id: 'f', call_id: 'c', name: 'danger', arguments: '{}' };
const words = { type: 'message', id: 'm', role: 'assistant', content: [{ type: 'output_text', text: 'one END two' }] };
const usage = { input_tokens: 5, output_tokens: 7, total_tokens: 12 };
const whole = { id: 'r', object: 'response', status: 'completed', output: [words, call], usage };
const streamed = [
  { type: 'response.created', response: { id: 'r', status: 'in_progress', output: [] } },
  { type: 'response.output_item.added', output_index: 0, item: { ...words, content: [] } },
  ...['one E', 'N', 'D two'].map((delta) => ({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta })),
  { type: 'response.output_item.done', output_index: 0, item: words },
  { type: 'response.output_item.added', output_index: 1, item: { ...call, arguments: '' } },
  { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{}' },
  { type: 'response.output_item.done', output_index: 1, item: call },
  { type: 'response.completed', response: whole },
];
const bytes = new TextEncoder().encode(streamed.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(''));

describe.each(froms)('an answer of Responses to %s, with a text that stops it', (from) => {
  const heard = { parts: ['text one '], stop: ends[from], error: null };

  it('ends there in a stream, with no call behind it and all tokens', () => {
    const { reply } = callOf(from, 'responses');
    const stream = replyStream(reply, laneWorld());
    expect(heardStream(from, `${stream.take(bytes)}${stream.end()}`)).toMatchObject(heard);
    expect(stream.seen()).toMatchObject({ stop: 'sequence', fault: null, usage: { input: 5, output: 7 } });
    const part = replyStream(reply, laneWorld());
    const early = part.take(bytes.slice(0, new TextDecoder().decode(bytes).indexOf('N"')));
    expect([early.includes('one '), early.includes('one E')]).toEqual([true, false]);
  });

  it('ends there in one piece', () => {
    const { reply } = callOf(from, 'responses');
    const answer = replyWhole(reply, JSON.stringify(whole), laneWorld());
    expect(answer).toMatchObject({ kind: 'answer', stop: 'sequence', usage: { input: 5, output: 7 } });
    expect(heardWhole(from, answer.kind === 'answer' ? answer.body : null)).toMatchObject(heard);
  });
});

describe('texts that stop the answer', () => {
  it.each<[Tongue, Partial<Upstream>, readonly string[]]>([
    ['responses', {}, ['END']],
    ['sdk', {}, ['END']],
    ['chat', { model: 'gpt-5' }, ['END']],
    ['chat', {}, []],
    ['generate-content', {}, []],
  ])('are the gateway’s to keep where an upstream is not told them, or perhaps not: %s %j', (to, more, stops) => {
    const { reply, leftOut } = callOf('messages', to, more);
    expect([reply.stops, leftOut]).toEqual([stops, []]);
  });

  it('are told alone to who takes them', () => {
    expect(callOf('messages', 'chat').body).toMatchObject({ stop: ['END', ''] });
    expect(callOf('chat', 'messages')).toMatchObject({ body: { stop_sequences: ['END'] }, reply: { stops: [] } });
  });
});
