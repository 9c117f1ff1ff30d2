import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { text as textFrom } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { GatewayOptions } from '../../src/plant/gateway/index.ts';
import { event, http, message, messageEnd, messageStart, rawUpstream, type RawUpstream, streamHead, textOf } from './raw-upstream.ts';
import { modelAt, providerKey, serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

type Answer = (socket: Socket, request: string, count: number) => void;
interface House {
  readonly served: Served;
  readonly first: RawUpstream;
  readonly second: RawUpstream;
}

const fine: Answer = (socket, request) =>
  request.includes('"stream":true')
    ? socket.end(streamHead + messageStart + textOf('Fine.') + messageEnd)
    : socket.write(http(200, message));

/** Two providers of one model: the first does what is tried, the second answers. */
async function house(
  answer: Answer,
  { deadlines = {}, ...more }: { readonly deadlines?: GatewayOptions['deadlines']; readonly [more: string]: unknown } = {},
): Promise<House> {
  const [first, second] = await Promise.all([rawUpstream(answer), rawUpstream(fine)]);
  const providers = { a: { base: first.url, protocols: ['messages'] }, b: { base: second.url, protocols: ['messages'] } };
  const served = await serve(providers, more, { deadlines });
  open.push(first, second, served);
  return { served, first, second };
}

/** The same with one provider alone. */
async function alone(answer: Answer, deadlines: GatewayOptions['deadlines'] = {}): Promise<Omit<House, 'second'>> {
  const first = await rawUpstream(answer);
  const served = await serve({ a: { base: first.url, protocols: ['messages'] } }, {}, { deadlines });
  open.push(first, served);
  return { served, first };
}

function ask(served: Served, more: object = {}, init: RequestInit = {}): Promise<Response> {
  const body = { model: 'coder', max_tokens: 100, stream: true, messages: [{ role: 'user', content: 'Hello' }], ...more };
  const headers = { 'content-type': 'application/json', 'x-api-key': served.token };
  return fetch(`${served.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(body), ...init });
}

const said = (data: object | string): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

const html = '<!doctype html><html><body>Bad gateway</body></html>';
const overloadedBody = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });

describe('an upstream that fails before any content', () => {
  it.each<[string, Answer, string]>([
    ['refuses with 500', (socket) => socket.write(http(500, '{}')), 'refused 500'],
    ['refuses with 529', (socket) => socket.write(http(529, overloadedBody)), 'refused 529'],
    ['refuses with 401', (socket) => socket.write(http(401, '{}')), 'refused 401'],
    ['wants rest for an hour', (socket) => socket.write(http(429, '{}', { 'retry-after': '3600' })), 'refused 429'],
    ['changed its format of errors', (socket) => socket.write(http(503, '[{"oops":[1]}]')), 'refused 503'],
    ['answers with a page', (socket) => socket.write(http(200, html, { 'content-type': 'text/html' })), 'garbled'],
    ['answers with a page that it calls a stream', (socket) => socket.end(streamHead + html), 'garbled'],
    ['sends no HTTP', (socket) => socket.end('hello there\r\n\r\n'), 'garbled'],
    ['drops the connection', (socket) => socket.destroy(), 'unreachable'],
    ['sends less than it promised', (socket) => socket.end(http(200, message, { 'content-length': '9000' })), 'garbled'],
    [
      'says that it is overloaded within a 200',
      (socket) => socket.end(streamHead + messageStart + `event: error\ndata: ${overloadedBody}\n\n`),
      'refused 503',
    ],
    ['ends its stream before it begins', (socket) => socket.end(streamHead), 'garbled'],
    [
      'breaks off in half an event',
      (socket) => socket.end(streamHead + messageStart + 'event: content_block_delta\ndata: {"type":"con'),
      'garbled',
    ],
    ['answers in one piece where a stream was asked for', (socket) => socket.write(http(200, message)), 'garbled'],
  ])('%s: another one answers, and the caller sees nothing of it', async (_, answer, outcome) => {
    const { served, first, second } = await house(answer);
    const response = await ask(served);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(messageStart + textOf('Fine.') + messageEnd);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
    expect(served.calls[0]?.tries.map((one) => [one.at, one.outcome])).toEqual([
      ['a/twin', outcome],
      ['b/twin', 'content'],
    ]);
  });

  it('says nothing for too long: another one answers', async () => {
    const { served } = await house(() => undefined, { deadlines: { firstByteMs: 100 } });
    expect((await ask(served)).status).toBe(200);
    expect(served.calls[0]?.tries[0]?.outcome).toBe('silent');
  });

  it('fails after it told a long prompt twice, or told more than any prompt is: another one answers', async () => {
    const told = (type: string, length: number): string => said({ type, response: { id: 'r', instructions: 'x'.repeat(length) } });
    const failed = said({ type: 'response.failed', response: { id: 'r', error: { code: 'server_is_overloaded', message: 'Busy' } } });
    const end =
      said({ type: 'response.output_text.delta', output_index: 0, delta: 'Fine.' }) +
      said({ type: 'response.completed', response: { id: 'r', usage: { input_tokens: 10, output_tokens: 7 } } });
    const more = told('response.in_progress', 1_000_000);
    const [long, endless, second] = await Promise.all([
      rawUpstream((socket) => socket.end(streamHead + told('response.created', 200_000) + told('response.in_progress', 200_000) + failed)),
      rawUpstream((socket) => socket.write(streamHead + more.repeat(10))),
      rawUpstream((socket) => socket.end(streamHead + end)),
    ]);
    const at = ({ url }: RawUpstream) => ({ base: url, protocols: ['responses'] });
    const served = await serve({ a: at(long), b: at(endless), c: at(second) });
    open.push(long, endless, second, served);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${served.token}` };
    const body = JSON.stringify({ model: 'coder', stream: true, input: 'Hello' });
    const response = await fetch(`${served.url}/v1/responses`, { method: 'POST', headers, body });
    expect(await response.text()).toBe(end);
    const whole = [{ outcome: 'refused 503' }, { outcome: 'garbled' }, { outcome: 'content' }];
    await expect.poll(() => served.calls[0]?.tries).toMatchObject(whole);
  });

  it('goes to the next model of a plan where the first has no other upstream', async () => {
    const { served } = await house((socket) => socket.write(http(500, '{}')), {
      models: { strong: modelAt(['a/twin']), weak: modelAt(['b/small']) },
      plans: { careful: ['strong', 'weak'] },
      slots: { coder: 'careful' },
    });
    expect((await ask(served)).status).toBe(200);
    expect(served.calls[0]?.tries.map(({ at }) => at)).toEqual(['a/twin', 'b/small']);
  });

  it('asks the same again once where there is no other, and then tells the caller to come back', async () => {
    const { served, first } = await alone((socket) => socket.write(http(503, overloadedBody)));
    const response = await ask(served);
    expect([response.status, response.headers.get('x-should-retry'), first.requests.length]).toEqual([529, 'true', 2]);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
  });

  it('counts what the caller tried before', async () => {
    const { served, first } = await alone((socket) => socket.write(http(503, overloadedBody)));
    const headers = { 'x-api-key': served.token, 'x-stainless-retry-count': '3' };
    expect((await ask(served, {}, { headers })).status).toBe(529);
    expect(first.requests).toHaveLength(1);
  });

  it('waits as long as an upstream asks for, where that is short', async () => {
    const { served, first } = await alone((socket, request, count) =>
      count === 1 ? socket.write(http(429, '{}', { 'retry-after': '0.2' })) : fine(socket, request, count),
    );
    const startedAt = Date.now();
    expect((await ask(served)).status).toBe(200);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(190);
    expect(first.requests).toHaveLength(2);
  });

  it('leaves an upstream alone after it failed again and again, and says until when', async () => {
    const { served, first } = await alone((socket) => socket.write(http(500, '{}')));
    const statuses = [];
    for (let at = 0; at < 4; at += 1)
      statuses.push((await ask(served, {}, { headers: { 'x-api-key': served.token, 'x-stainless-retry-count': '9' } })).status);
    const asked = first.requests.length;
    const response = await ask(served);
    expect([response.status, first.requests.length]).toEqual([529, asked]);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.text()).toContain('a/twin for');
  });

  it('asks a provider that has cut us off for no other model, and not again for a while', async () => {
    const { served, first, second } = await house((socket) => socket.write(http(401, '{}')), {
      models: { strong: modelAt(['a/one', 'a/two', 'b/three']) },
    });
    expect([(await ask(served)).status, (await ask(served)).status]).toEqual([200, 200]);
    expect([first.requests.length, second.requests.length]).toEqual([1, 2]);
  });

  it('asks a provider for no more at once than its owner lets it', async () => {
    let most = 0;
    let now = 0;
    const upstream = await rawUpstream((socket) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        socket.write(http(200, message));
      }, 20);
    });
    const served = await serve({ a: { base: upstream.url, protocols: ['messages'], limits: { concurrent: 2 } } });
    open.push(upstream, served);
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await ask(served, { stream: false })).status));
    expect([new Set(statuses), most]).toEqual([new Set([200]), 2]);
  });

  it('hands on what is wrong with a request in the words of the upstream, and asks nobody else', async () => {
    const wrong = JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens: too many' } });
    const { served, second } = await house((socket) => socket.write(http(400, wrong)));
    const response = await ask(served);
    expect([response.status, await response.json(), second.requests.length]).toEqual([400, JSON.parse(wrong), 0]);
  });

  it.each([
    [404, 'not_found_error', 'File not found: file_abc', 404],
    [403, 'permission_error', 'Your input was flagged for "violence".', 400],
  ])('is fine for others where it refuses one request alone with %i', async (status, type, words, told) => {
    const wrong = JSON.stringify({ type: 'error', error: { type, message: words } });
    const { served, first, second } = await house((socket, request, count) =>
      request.includes('poison') ? socket.write(http(status, wrong)) : fine(socket, request, count),
    );
    const response = await ask(served, { messages: [{ role: 'user', content: 'poison' }] });
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([told, 'false']);
    expect(await response.json()).toMatchObject({ error: { message: words } });
    expect((await ask(served)).status).toBe(200);
    expect([first.requests.length, second.requests.length]).toEqual([2, 0]);
  });

  it('is fine for others where it has too little credit for one request, which goes elsewhere', async () => {
    const wrong = JSON.stringify({ error: { code: 402, message: 'This request requires more credits, or fewer max_tokens.' } });
    const answer: Answer = (socket, request, count) =>
      request.includes('poison') ? socket.write(http(402, wrong)) : fine(socket, request, count);
    const poison = { messages: [{ role: 'user', content: 'poison' }] };
    const { served, first, second } = await house(answer);
    expect([(await ask(served, poison)).status, (await ask(served)).status]).toEqual([200, 200]);
    expect([first.requests.length, second.requests.length]).toEqual([2, 1]);
    const { served: other } = await alone(answer);
    const response = await ask(other, poison);
    expect([response.status, await response.text()]).toEqual([402, expect.stringContaining('fewer max_tokens')]);
    expect((await ask(other)).status).toBe(200);
  });

  it('takes all thinking out once where an upstream does not know its signature', async () => {
    const wrong = JSON.stringify({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Invalid `signature` in `thinking` block' },
    });
    const { served, first } = await alone((socket, request, count) =>
      request.includes('"thinking"') ? socket.write(http(400, wrong)) : fine(socket, request, count),
    );
    const content = [
      { type: 'thinking', thinking: 'x', signature: 's' },
      { type: 'text', text: 'y' },
    ];
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content },
      { role: 'user', content: 'b' },
    ];
    expect((await ask(served, { messages })).status).toBe(200);
    expect(first.requests).toHaveLength(2);
  });

  it('over one of several connections that the upstream closes as it is asked again is asked for over a new one', async () => {
    const four: Socket[] = [];
    const { served, first } = await alone((socket, _, count) => {
      if (four.includes(socket)) socket.resetAndDestroy();
      else if (count > 4) socket.write(http(200, message));
      else if (four.push(socket) === 4) for (const one of four) one.write(http(200, message));
    });
    const some = await Promise.all([1, 2, 3, 4].map(() => ask(served, { stream: false })));
    expect(some.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await Promise.all(some.map((response) => response.text()));
    expect((await ask(served, { stream: false })).status).toBe(200);
    await expect.poll(() => served.calls.length).toBe(5);
    // The upstream had read it, and the record says that it was sent twice.
    expect(served.calls.map(({ tries }) => tries.map(({ resent }) => resent))).toEqual([...some.map(() => [undefined]), [true]]);
    expect(first.requests).toHaveLength(6);
  });
});

describe('an upstream that fails after content', () => {
  it.each<[string, Answer]>([
    ['drops the connection', (socket) => socket.end(streamHead + messageStart + textOf('Half'))],
    [
      'breaks off in half an event',
      (socket) => socket.end(`${streamHead}${messageStart}${textOf('Half')}event: content_block_delta\ndata: {"ty`),
    ],
    [
      'sends an error of its own',
      (socket) =>
        void socket.write(streamHead + messageStart + textOf('Half'), () =>
          setTimeout(() => socket.end(`event: error\ndata: ${overloadedBody}\n\n`), 20),
        ),
    ],
    [
      'sends what is no JSON',
      (socket) => void socket.write(streamHead + messageStart + textOf('Half'), () => setTimeout(() => socket.end('data: {oops\n\n'), 20)),
    ],
    ['says nothing more', (socket) => socket.write(streamHead + messageStart + textOf('Half'))],
  ])('%s: the caller hears a whole error that asks him to come back, and no other voice', async (_, answer) => {
    const { served, second } = await house(answer, { deadlines: { silenceMs: 200 } });
    const text = await (await ask(served)).text();
    expect(text.startsWith(messageStart + textOf('Half'))).toBe(true);
    const rest = text.slice((messageStart + textOf('Half')).length);
    expect(rest).toMatch(/^event: error\ndata: \{"type":"error","error":\{"type":"(?:api|overloaded)_error","message":"[^"]+"\}\}\n\n$/);
    expect(second.requests).toHaveLength(0);
    expect(served.calls[0]).toMatchObject({ ended: 'broken-off', estimated: true, usage: { input: 100, cacheRead: 50 } });
  });

  it('does not come to an end: it is ended', async () => {
    const { served } = await house(
      (socket) => {
        socket.write(streamHead + messageStart + textOf('Half'));
        const timer = setInterval(
          () => socket.write(event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'more '.repeat(2000) } })),
          1,
        );
        socket.on('close', () => clearInterval(timer));
      },
      { deadlines: { answerBytes: 100_000 } },
    );
    const text = await (await ask(served)).text();
    expect(text.length).toBeLessThan(130_000);
    expect(text.slice(-400)).toContain('did not come to an end');
  });
});

describe('an answer that goes well', () => {
  it('comes event by event as it is made, the first content with all that was held back before it', async () => {
    let more: (text: string) => void = () => undefined;
    const { served, first } = await alone((socket) => {
      more = (text) => void (text === '' ? socket.end() : socket.write(text));
      socket.write(streamHead + messageStart);
    });
    const asking = ask(served);
    await expect.poll(() => first.requests.length).toBe(1);
    more(textOf('One'));
    const reader = (await asking).body?.getReader();
    const read = async (): Promise<string> => Buffer.from((await reader?.read())?.value ?? []).toString();
    let heard = '';
    while (heard.length < (messageStart + textOf('One')).length) heard += await read();
    expect(heard).toBe(messageStart + textOf('One'));
    // Each is heard before the next one is made.
    for (const text of [textOf('Two'), ': ping\n\n', textOf('Three'), messageEnd]) {
      more(text);
      expect(await read()).toBe(text);
    }
    more('');
    expect(await read()).toBe('');
    await expect
      .poll(() => served.calls[0])
      .toMatchObject({ ended: 'whole', estimated: false, usage: { input: 100, cacheRead: 50, output: 7 } });
  });

  it('waits for a caller who reads slowly, and the upstream is not blamed for that', async () => {
    const long = textOf('word '.repeat(100_000)).repeat(20);
    const { served } = await alone((socket) => socket.end(streamHead + messageStart + long + messageEnd), { silenceMs: 500 });
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { 'x-api-key': served.token, 'content-type': 'application/json' };
      const asking = httpRequest(`${served.url}/v1/messages`, { method: 'POST', headers }, (response) => {
        setTimeout(() => resolve(textFrom(response)), 2_000);
      });
      asking.on('error', reject).end(JSON.stringify({ model: 'coder', max_tokens: 1, stream: true, messages: [] }));
    });
    expect(text.length).toBe((messageStart + long + messageEnd).length);
    await expect.poll(() => served.calls[0]?.ended).toBe('whole');
  });

  it('in one piece is the same in every byte', async () => {
    const body = `${message.slice(0, -1)}, "future" : { "x": 1e400, "y":"\\u00f6" } }\n`;
    const { served } = await alone((socket) =>
      socket.write(http(200, body, { 'request-id': 'req_1', 'anthropic-organization-id': 'org' })),
    );
    const response = await ask(served, { stream: false });
    expect([await response.text(), response.headers.get('request-id'), response.headers.get('anthropic-organization-id')]).toEqual([
      body,
      'req_1',
      null,
    ]);
  });

  it('over a connection that the upstream closed meanwhile is asked for anew, and nobody hears of it', async () => {
    const { served, first } = await alone((socket, _, count) => {
      socket.write(http(200, message));
      if (count === 1) setTimeout(() => socket.destroy(), 5);
    });
    expect((await ask(served, { stream: false })).status).toBe(200);
    expect((await ask(served, { stream: false })).status).toBe(200);
    expect(served.calls.map(({ tries }) => tries.length)).toEqual([1, 1]);
    expect(first.requests).toHaveLength(2);
  });
});

const chunk = (delta: object, reason: string | null = null): string =>
  said({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: reason }] });
const tokens = said({ id: 'c', choices: [], usage: { prompt_tokens: 10, completion_tokens: 7 } });
const part = { candidates: [{ content: { parts: [{ text: 'Fine.' }] }, finishReason: 'STOP' }] };

describe('a stream that told of its end is whole though its connection stays open', () => {
  const messages = messageStart + textOf('Fine.') + messageEnd;
  it.each<[string, string, string]>([
    ['messages', 'messages', messages],
    ['messages', 'messages', messageStart + messageEnd],
    ['chat', 'chat', chunk({ content: 'Fine.' }) + chunk({}, 'stop') + tokens + said('[DONE]')],
    ['chat without its mark', 'chat', chunk({ content: 'Fine.' }) + chunk({}, 'stop') + tokens],
    [
      'responses',
      'responses',
      said({ type: 'response.created', response: { id: 'r' } }) +
        said({ type: 'response.output_item.added', output_index: 0, item: { type: 'message' } }) +
        said({ type: 'response.output_text.delta', output_index: 0, delta: 'Fine.' }) +
        said({ type: 'response.completed', response: { id: 'r', usage: { input_tokens: 10, output_tokens: 7 } } }),
    ],
    ['generate-content', 'generate-content', said({ ...part, usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 7 } })],
  ])('of %s', async (_, protocol, stream) => {
    const upstream = await rawUpstream((socket) => socket.write(streamHead + stream));
    const provider = { base: `${upstream.url}/v1`, protocols: [protocol] };
    const served = await serve({ a: provider }, {}, { deadlines: { silenceMs: 2_000, closeMs: 20 } });
    open.push(upstream, served);
    const text = await (await ask(served)).text();
    expect(text).toContain('event: message_stop');
    expect(text).not.toContain('error');
    const whole = { ended: 'whole', estimated: false, usage: { output: 7 }, tries: [{ outcome: 'content' }] };
    await expect.poll(() => served.calls[0]).toMatchObject(whole);
  });

  it('in the bytes of an upstream that is passed through', async () => {
    const { served } = await alone((socket) => socket.write(streamHead + messages), { silenceMs: 2_000, closeMs: 20 });
    expect(await (await ask(served)).text()).toBe(messages);
  });

  it('and signs of life go on', async () => {
    const pings: Answer = (socket) => {
      socket.write(streamHead + messages);
      const timer = setInterval(() => socket.write(': ping\n\n'), 5);
      socket.on('close', () => clearInterval(timer));
    };
    const { served, first } = await alone(pings, { answerMs: 2_000, closeMs: 20 });
    const text = await (await ask(served)).text();
    expect(text.replaceAll(': ping\n\n', '')).toBe(messages);
    await expect.poll(() => served.calls[0]).toMatchObject({ ended: 'whole', estimated: false });
    await expect.poll(() => first.left()).toBe(1);
  });

  it('and it is not blamed for that', async () => {
    const { served, first } = await alone((socket) => socket.write(streamHead + messages), { silenceMs: 2_000, closeMs: 1 });
    for (let at = 0; at < 5; at += 1) expect((await (await ask(served)).text()).slice(-messageEnd.length)).toBe(messageEnd);
    expect(first.requests).toHaveLength(5);
  });
});

describe('a caller who leaves', () => {
  it('ends the call of the upstream too, and what he heard is charged', async () => {
    const { served, first } = await alone((socket) => socket.write(streamHead + messageStart + textOf('Half of an answer that goes on')));
    const leaving = new AbortController();
    const response = await ask(served, {}, { signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    await expect.poll(() => first.left()).toBe(1);
    await expect.poll(() => served.calls.length).toBe(1);
    const [call] = served.calls;
    expect(call).toMatchObject({ ended: 'left', estimated: true, usage: { input: 100, cacheRead: 50 }, cost: { kind: 'priced' } });
    expect(call?.usage.output).toBeGreaterThan(5);
  });

  it('is charged for nothing more than what was sent where he left before any answer', async () => {
    const { served, first } = await alone(() => undefined);
    const leaving = new AbortController();
    const asking = ask(served, {}, { signal: leaving.signal }).catch(() => 'left');
    await expect.poll(() => first.requests.length).toBe(1);
    leaving.abort();
    expect(await asking).toBe('left');
    await expect.poll(() => first.left()).toBe(1);
    await expect.poll(() => served.calls[0]?.usage.output).toBe(0);
  });
});

describe('nothing of a key', () => {
  it('is in an answer, a record or an error, though the upstream shows it around', async () => {
    const told = JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: `Incorrect key ${providerKey}` } });
    const { served, first } = await alone((socket) => socket.write(http(400, told, { 'x-request-id': providerKey })));
    const response = await ask(served, { metadata: { user_id: 'me' } });
    const all = JSON.stringify([...response.headers, await response.text(), served.calls]);
    expect(first.requests[0]).toContain(`x-api-key: ${providerKey}`);
    expect(first.requests[0]).not.toContain(served.token);
    expect(all).not.toContain(providerKey);
    expect(all).not.toContain(served.token);
  });
});
