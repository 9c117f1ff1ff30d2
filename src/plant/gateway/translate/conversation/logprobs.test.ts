import { describe, expect, it } from 'vitest';
import { laneUpstream } from '../../../../../kit/gateway/index.ts';
import { type Protocol, translate, type Translation } from '../index.ts';

const asks = {
  chat: { model: 'a', messages: [{ role: 'user', content: 'x' }] },
  responses: { model: 'a', input: 'x' },
  'generate-content': { contents: [{ parts: [{ text: 'x' }] }] },
};
const send = (from: keyof typeof asks, to: Protocol, more: object): Translation =>
  translate({ from, to, body: { ...asks[from], ...more }, asked: { model: 'a', stream: false }, upstream: laneUpstream() });

describe('the chances of tokens', () => {
  it.each([
    ['chat', { logprobs: true }],
    ['chat', { logprobs: true, top_logprobs: 3 }],
    ['responses', { top_logprobs: 3 }],
    ['responses', { include: ['message.output_text.logprobs'] }],
    ['generate-content', { generationConfig: { responseLogprobs: true } }],
  ] as const)('are refused with a sentence to who asks for them, and reads them: %s %j', (from, more) => {
    expect(send(from, 'messages', more)).toMatchObject({ kind: 'refused', message: expect.stringContaining('the chances of tokens') });
  });

  it.each([
    ['chat', { logprobs: false, top_logprobs: null, logit_bias: {} }],
    ['chat', { logprobs: null, top_logprobs: 0, logit_bias: null }],
    ['responses', { top_logprobs: 0, include: ['reasoning.encrypted_content'] }],
    ['generate-content', { generationConfig: { responseLogprobs: false } }],
  ] as const)('are nothing to speak of where nobody asks for them: %s %j', (from, more) => {
    expect(send(from, 'messages', more)).toMatchObject({ kind: 'call', leftOut: [] });
  });

  it('cannot be moved in translation, and that is refused', () => {
    const moved = send('chat', 'responses', { logit_bias: { '50256': -100 } });
    expect(moved).toMatchObject({ kind: 'refused', message: expect.stringContaining('logit_bias') });
  });

  it('are one of the things that an answer may tell besides; others are named', () => {
    expect(send('responses', 'messages', { include: ['web_search_call.results'] })).toMatchObject({ leftOut: ['"include"'] });
  });
});
