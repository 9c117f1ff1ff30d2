import { afterEach, expect, it } from 'vitest';
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
