import { afterEach, describe, expect, it } from 'vitest';
import { http, rawUpstream, streamHead } from './raw-upstream.ts';
import { modelAt, serve, type Served } from './served.ts';

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

const fine = JSON.stringify({ id: 'c', choices: [{ message: { content: 'Fine.' }, finish_reason: 'stop' }], usage });

/** What begins otherwise is of another session, and begins anew. */
function ask(served: Served, content = 'Hello'): Promise<Response> {
  const body = { model: 'coder', messages: [{ role: 'user', content }] };
  return fetch(`${served.keyed}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
}

const all = ['a/one', 'a/two', 'b/long'];
it.each<[string, number, object, readonly string[], readonly string[]]>([
  ['an account', 400, { error: { message: 'Your credit balance is too low to access the API.' } }, ['a/one', 'b/long'], ['b/long']],
  ['a key', 400, { error: { message: 'Bad', type: 'authentication_error' } }, ['a/one', 'b/long'], ['b/long']],
  ['a model', 400, { message: 'The provided model identifier is invalid.' }, all, ['b/long']],
  ['what it cannot do', 400, { error: { message: 'x:2b does not support tools', type: 'api_error' } }, all, all],
  ['the size of a request', 413, { error: { message: 'Request Entity Too Large' } }, all, all],
  ['a prompt', 400, { error: 'Reached context length of 4096 tokens with this model.' }, ['a/one', 'b/long'], ['a/one', 'b/long']],
  ['a request', 400, { error: { message: 'tools.0: "API key not valid." is no name' } }, ['a/one'], ['a/one']],
])('a refusal of %s, by its words, goes as far as it reaches', async (_, status, refusal, first, later) => {
  const [wrong, right] = await Promise.all([
    rawUpstream((socket) => socket.write(http(status, JSON.stringify(refusal)))),
    rawUpstream((socket) => socket.write(http(200, fine))),
  ]);
  const at = ({ url }: { readonly url: string }) => ({ base: url, protocols: ['chat'] });
  const models = { strong: modelAt(['a/one', 'a/two']), long: modelAt(['b/long'], { window: 1_000_000 }) };
  const more = { models, plans: { careful: ['strong', 'long'] }, slots: { coder: 'careful' } };
  const served = await serve({ a: at(wrong), b: at(right) }, more);
  open.push(wrong, right, served);
  const told = first.includes('b/long') ? 200 : 400;
  expect([(await ask(served)).status, (await ask(served, 'Once more')).status]).toEqual([told, told]);
  await expect.poll(() => served.calls.map(({ tries }) => tries.map((one) => one.at))).toEqual([first, later]);
});

it.each<[object, number, number, object]>([
  [{ error: { message: 'Bad', type: 'authentication_error' } }, 400, 403, { code: 'permission_denied' }],
  [{ error: { message: 'x does not support tools', type: 'api_error' } }, 400, 400, { message: 'x does not support tools' }],
  [{ error: { message: 'context size exceeded', type: 'server_error' } }, 500, 400, { code: 'context_length_exceeded' }],
  [{ error: { message: 'Request Entity Too Large' } }, 413, 413, { code: 'request_too_large' }],
])('a refusal with nobody left is told as what it is: %j', async (refusal, status, told, error) => {
  const upstream = await rawUpstream((socket) => socket.write(http(status, JSON.stringify(refusal))));
  const served = await serve({ house: { base: upstream.url, protocols: ['chat'] } });
  open.push(upstream, served);
  const response = await ask(served);
  expect([response.status, response.headers.get('x-should-retry'), upstream.requests.length]).toEqual([told, 'false', 1]);
  expect(await response.json()).toMatchObject({ error });
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
