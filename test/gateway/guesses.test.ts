import type { Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { heardStream, heardWhole } from '../../kit/gateway/index.ts';
import type { RecordedCall } from '../../src/core/ports/gateway/call-recorder.ts';
import type { GatewayOptions } from '../../src/plant/gateway/index.ts';
import { http, type RawUpstream, rawUpstream, streamHead } from './raw-upstream.ts';
import { serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function inFrontOf(
  answer: (socket: Socket, request: string) => void,
  deadlines: GatewayOptions['deadlines'] = {},
): Promise<{ readonly served: Served; readonly upstream: RawUpstream }> {
  const upstream = await rawUpstream(answer);
  const served = await serve({ house: { base: upstream.url, protocols: ['chat'] } }, {}, { deadlines });
  open.push(upstream, served);
  return { served, upstream };
}

/** The same question in the words of each API. */
const questions: Readonly<Record<string, (stream: boolean) => { readonly path: string; readonly body: object }>> = {
  chat: (stream) => ({ path: 'chat/completions', body: { model: 'coder', max_tokens: 100, stream, messages: [hello] } }),
  messages: (stream) => ({ path: 'messages', body: { model: 'coder', max_tokens: 100, stream, messages: [hello] } }),
  responses: (stream) => ({ path: 'responses', body: { model: 'coder', max_output_tokens: 100, stream, input: [hello] } }),
};
const hello = { role: 'user', content: 'Say much.' };

async function ask({ keyed }: Served, who: string, stream: boolean): Promise<string> {
  const { path, body } = questions[who]?.(stream) ?? {};
  return (await fetch(`${keyed}/v1/${path}`, { method: 'POST', body: JSON.stringify(body) })).text();
}

async function lastOf({ calls }: Served, count: number): Promise<RecordedCall | undefined> {
  await expect.poll(() => calls.length).toBe(count);
  return calls.at(-1);
}

const words = 'word '.repeat(50);
const piece = (delta: object, end: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: end }] })}\n\n`;
const spoken = words.split(/(?<= )/).map((content) => piece({ content }));

it.each([true, false])(
  'what no upstream counts is guessed by what was said, whoever asks and however that is wrapped; streaming: %s',
  async (stream) => {
    const whole = JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: words }, finish_reason: 'stop' }] });
    const { served } = await inFrontOf((socket) =>
      stream ? socket.end(`${streamHead}${spoken.join('')}${piece({}, 'stop')}data: [DONE]\n\n`) : socket.write(http(200, whole)),
    );
    for (const who of Object.keys(questions)) await ask(served, who, stream);
    await lastOf(served, 3);
    expect(served.calls.map(({ usage, estimated }) => [usage.output, estimated])).toEqual(Array.from({ length: 3 }, () => [70, true]));
  },
);

it.each([
  ['messages', true],
  ['messages', false],
  ['responses', true],
  ['responses', false],
] as const)('the guess is what a caller hears too, who forgets by it what is long ago: %s, streaming: %s', async (who, stream) => {
  const message = { role: 'assistant', content: words };
  const whole = JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage: { completion_tokens: 0 } });
  const { served } = await inFrontOf((socket) =>
    stream ? socket.end(`${streamHead}${spoken.join('')}${piece({}, 'stop')}data: [DONE]\n\n`) : socket.write(http(200, whole)),
  );
  const said = await ask(served, who, stream);
  const heard = stream ? heardStream(who, said) : heardWhole(who, JSON.parse(said));
  const { usage } = (await lastOf(served, 1)) ?? {};
  expect(usage).toMatchObject({ output: 70 });
  expect(usage?.input).toBeGreaterThan(10);
  expect(heard.usage).toMatchObject({ input_tokens: usage?.input, output_tokens: 70 });
});

it.each(Object.keys(questions))('an answer without end is billed as no longer than it might be: %s', async (who) => {
  const { served } = await inFrontOf((socket) => socket.write(streamHead + spoken.join('').repeat(100)), { answerBytes: 100_000 });
  await ask(served, who, true);
  expect(await lastOf(served, 1)).toMatchObject({ ended: 'broken-off', usage: { output: 100 }, estimated: true });
});

it('what an upstream says in a form that nobody knows reaches caller and record', async () => {
  const strange = JSON.stringify({ fault: { code: 'E9', reasons: ['we changed the format'] } });
  const { served } = await inFrontOf((socket) => socket.write(http(400, strange)));
  const response = await fetch(`${served.keyed}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify(questions['messages']?.(false).body),
  });
  expect([response.status, await response.text()]).toEqual([400, expect.stringMatching(/E9.*we changed the format/)]);
  const call = await lastOf(served, 1);
  expect(call?.tries[0]).toMatchObject({ outcome: 'refused 400', words: expect.stringContaining('E9') });
});

it('a call by a name that its key does not have is on record under the slot that answered', async () => {
  const { served } = await inFrontOf((socket) => socket.write(http(200, JSON.stringify({ choices: [] }))));
  const token = await served.mint({ otherwise: 'coder' });
  const body = JSON.stringify({ model: 'whatever', messages: [hello] });
  await (await fetch(`${served.url}/g/${token}/v1/chat/completions`, { method: 'POST', body })).text();
  expect((await lastOf(served, 1))?.alias).toBe('coder');
});

it('a guess is no longer than all answers that were asked for at once', async () => {
  const whole = JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: words }, finish_reason: 'stop' }] });
  const { served } = await inFrontOf((socket) => socket.write(http(200, whole)));
  for (const [at, n] of [1, 3].entries()) {
    const body = JSON.stringify({ model: 'coder', max_tokens: 20, n, messages: [hello] });
    await (await fetch(`${served.keyed}/v1/chat/completions`, { method: 'POST', body })).text();
    expect((await lastOf(served, at + 1))?.usage.output).toBe(20 * n);
  }
});
