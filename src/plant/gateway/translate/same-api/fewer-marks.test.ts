import { expect, it } from 'vitest';
import { fewerMarks } from '../index.ts';

const mark = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const text = (words: string, more: object = {}): object => ({ type: 'text', text: words, ...more });

it('of too many marks four stay, none of them on a thought, and nothing else changes', () => {
  const thought = { type: 'thinking', thinking: 'x', signature: 'y' };
  const body = {
    model: 'm',
    system: [text('a', mark), text('b', mark)],
    tools: [
      { name: 'x', ...mark },
      { name: 'y', ...mark },
    ],
    messages: [
      { role: 'user', content: [text('1', mark)] },
      { role: 'assistant', content: [{ ...thought, ...mark }, text('2', mark)] },
      { role: 'user', content: 'plain' },
      { role: 'user', content: [text('3', mark), text('4')] },
    ],
    metadata: { user_id: 'u' },
  };
  expect(JSON.stringify(fewerMarks(body))).toBe(
    JSON.stringify({
      model: 'm',
      system: [text('a'), text('b', mark)],
      tools: [{ name: 'x' }, { name: 'y', ...mark }],
      messages: [
        { role: 'user', content: [text('1')] },
        { role: 'assistant', content: [thought, text('2', mark)] },
        { role: 'user', content: 'plain' },
        { role: 'user', content: [text('3', mark), text('4')] },
      ],
      metadata: { user_id: 'u' },
    }),
  );
});

it('a request with few marks stays as it is', () => {
  const body = { model: 'm', system: 'x', messages: [{ role: 'user', content: [text('1', mark)] }] };
  expect(fewerMarks(body)).toEqual(body);
});
