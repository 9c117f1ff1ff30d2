import { afterEach, describe, expect, it } from 'vitest';
import { http, rawUpstream, streamHead } from './raw-upstream.ts';
import { serve } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const thought = [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }];
const usage = { prompt_tokens: 20, completion_tokens: '7' };
const stream = [
  { id: 5, error: false, choices: [{ index: 0, delta: { role: 'assistant', content: thought } }] },
  { id: 5, choices: [{ index: 0, delta: { content: [{ type: 'hologram' }] } }] },
  { id: 5, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage },
]
  .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
  .join('');
const whole = JSON.stringify({ id: 5, choices: [{ message: { content: thought }, finish_reason: 'stop' }], usage });

it.each([true, false])('an answer in a form of its own is asked for once and comes back as it was; streaming: %s', async (streams) => {
  const said = streams ? `: at work\n\n${stream}data: [DONE] \n\n` : whole;
  const upstream = await rawUpstream((socket) => (streams ? socket.end(streamHead + said) : socket.write(http(200, said))));
  const served = await serve({ house: { base: upstream.url, protocols: ['chat'] } });
  open.push(upstream, served);
  const body = { model: 'coder', stream: streams, messages: [{ role: 'user', content: 'Hello' }] };
  const response = await fetch(`${served.keyed}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
  expect([response.status, await response.text(), upstream.requests.length]).toEqual([200, said, 1]);
  await expect.poll(() => served.calls[0]).toMatchObject({ ended: 'whole', estimated: false, usage: { input: 20, output: 7 } });
});

describe('an upstream whose tokens cannot be believed', () => {
  const long = 'word '.repeat(4000);
  const answer = (told: unknown): string =>
    JSON.stringify({ choices: [{ message: { content: long }, finish_reason: 'stop' }], ...(told !== null && { usage: told }) });
  /** Answers all with these tokens, until a day’s budget is used up; each answer comes to some eight cents. */
  async function answeredOf(asked: number, told: unknown): Promise<Awaited<ReturnType<typeof serve>> & { readonly answered: number }> {
    const upstream = await rawUpstream((socket) => socket.write(http(200, answer(told))));
    const budgets = [{ of: 'organisation', per: 'day', usd: 0.25 }];
    const served = await serve({ house: { base: upstream.url, protocols: ['chat'] } }, { budgets });
    open.push(upstream, served);
    let answered = 0;
    for (let count = 0; count < asked; count += 1) {
      const body = JSON.stringify({ model: 'coder', messages: [{ role: 'user', content: `Hello ${count}` }] });
      const response = await fetch(`${served.keyed}/v1/chat/completions`, { method: 'POST', body });
      await response.text();
      if (response.status === 200) answered += 1;
    }
    await expect.poll(() => served.calls.length).toBe(asked);
    return { ...served, answered };
  }

  it.each([
    [null, true],
    [{}, true],
    [{ prompt_tokens: 10 }, true],
    [{ prompt_tokens: 10, completion_tokens: 1 }, true],
    [{ prompt_tokens: 10, completion_tokens: 1e15 }, true],
    [{ input_tokens: 10, output_tokens: 5556 }, false],
    [{ prompt_tokens: 10, completion_tokens: 5556 }, false],
  ])('comes to what it said, of which a budget sees the end: %j', async (told, estimated) => {
    const { calls, answered } = await answeredOf(4, told);
    expect(calls[0]).toMatchObject({ ended: 'whole', estimated, usage: { output: 5556 } });
    expect([answered, calls.at(-1)?.ended]).toEqual([2, 'refused']);
  });
});
