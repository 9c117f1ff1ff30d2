import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { JidokaError } from '../../src/core/base/error.ts';
import type { VirtualKeys } from '../../src/core/ports/gateway/virtual-keys.ts';
import { memoryBudgets, memoryKeys } from '../../src/plant/gateway/index.ts';
import { http, message, rawUpstream, type RawUpstream } from './raw-upstream.ts';
import { anybody, modelAt, price, serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function house(
  more: { readonly models?: object; readonly [more: string]: unknown } = {},
  options: Parameters<typeof serve>[2] = {},
): Promise<{ readonly served: Served; readonly upstream: RawUpstream }> {
  const upstream = await rawUpstream((socket) => socket.write(http(200, message)));
  const served = await serve({ a: { base: upstream.url, protocols: ['messages'] } }, more, options);
  open.push(upstream, served);
  return { served, upstream };
}

const body = { model: 'coder', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] };

async function ask(
  served: Served,
  { token = served.token, more = {}, text = JSON.stringify({ ...body, ...more }) } = {},
): Promise<{
  readonly status: number;
  readonly headers: Headers;
  readonly said: { readonly type?: string; readonly error?: { readonly type: string; readonly message: string } };
}> {
  const response = await fetch(`${served.url}/v1/messages`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: text });
  return { status: response.status, headers: response.headers, said: JSON.parse(await response.text()) as object }; // an answer or an error
}

describe('a key', () => {
  it.each<[string, (served: Served) => string | Promise<string>]>([
    ['of nobody', () => 'jk-nobody'],
    ['that has expired', (served) => served.mint({ expiresAt: Date.now() - 1 })],
    [
      'whose run is over',
      async (served) => {
        const token = await served.mint({ caller: { ...anybody.caller, run: 'over' } });
        await served.endRun('over');
        return token;
      },
    ],
  ])('%s opens nothing', async (_, tokenOf) => {
    const { served, upstream } = await house();
    const { status, said } = await ask(served, { token: await tokenOf(served) });
    expect([status, said.error?.type, upstream.requests.length]).toEqual([401, 'authentication_error', 0]);
  });

  it('leads every other name to the slot that it has for them, and without one to none', async () => {
    const { served, upstream } = await house({ slots: { coder: 'strong' } });
    const token = await served.mint({ otherwise: 'coder' });
    expect((await ask(served, { token, more: { model: 'vendor-titles-1' } })).status).toBe(200);
    expect(upstream.requests[0]).toContain('"model":"twin"');
    expect((await ask(served, { token: await served.mint({}), more: { model: 'vendor-titles-1' } })).status).toBe(404);
  });

  it('opens its own slots alone, and lists no others', async () => {
    const { served, upstream } = await house({ slots: { coder: 'strong', reviewer: 'strong' } });
    const token = await served.mint({ slots: ['reviewer'] });
    const { status, said } = await ask(served, { token });
    expect([status, said.error?.message]).toEqual([404, 'This key has no model "coder". There are: reviewer.']);
    expect((await ask(served, { token, more: { model: 'reviewer' } })).status).toBe(200);
    expect(upstream.requests[0]).toContain('"model":"twin"');
    const list = async (path: string, headers: object = {}): Promise<unknown> =>
      (await fetch(`${served.url}/g/${token}${path}`, { headers: { ...headers } })).json();
    expect(await list('/v1/models')).toMatchObject({ object: 'list', data: [{ id: 'reviewer', object: 'model' }] });
    expect(await list('/v1/models', { 'anthropic-version': '2023-06-01' })).toMatchObject({
      data: [{ id: 'reviewer', type: 'model' }],
      has_more: false,
    });
    expect(await list('/v1beta/models')).toMatchObject({ models: [{ name: 'models/reviewer', inputTokenLimit: 200_000 }] });
    expect(await list('/v1/models/coder')).toMatchObject({ error: { code: 'model_not_found' } });
  });

  it('is taken from the path, and from the header of each kind of client', async () => {
    const { served } = await house();
    const post = async (path: string, headers: Record<string, string>): Promise<number> =>
      (await fetch(`${served.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
    expect(await post(`/g/${served.token}/v1/messages`, { authorization: 'Bearer something-else' })).toBe(200);
    expect(await post('/v1/messages', { 'x-api-key': served.token })).toBe(200);
    expect(await post('/v1/messages', { 'x-goog-api-key': served.token })).toBe(200);
    expect(await post(`/v1/messages?key=${served.token}`, {})).toBe(200);
    expect(await post('/v1/messages', {})).toBe(401);
  });

  it('that nobody can look up just now opens nothing, and its caller is asked to come back', async () => {
    const faults: unknown[] = [];
    const lost = new JidokaError('database-unavailable', 'It is gone.', { mend: 'Bring it back.' });
    const virtualKeys: VirtualKeys = { ...memoryKeys({ now: () => 0 }), find: () => Promise.reject(lost) };
    const { served, upstream } = await house({}, { virtualKeys, fault: (error) => void faults.push(error) });
    const { status, headers, said } = await ask(served);
    expect([status, headers.get('x-should-retry'), upstream.requests.length]).toEqual([529, 'true', 0]);
    expect(said.error?.message).toBe('This gateway cannot look up keys and budgets just now. Ask again.');
    expect(faults).toEqual([lost]);
  });

  it('asks no faster than it may', async () => {
    const now = (): number => Date.parse('2026-11-30T12:00:07Z');
    const { served } = await house({}, { budgets: memoryBudgets({ rules: [], now }) });
    const token = await served.mint({ limits: { rpm: 2 } });
    const statuses = [await ask(served, { token }), await ask(served, { token }), await ask(served, { token })];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect([statuses[2]?.headers.get('retry-after'), statuses[2]?.headers.get('x-should-retry')]).toEqual(['53', 'true']);
    expect((await ask(served)).status).toBe(200);
  });
});

describe('a budget', () => {
  it('stops before the call that would pass it, and nobody is told to ask again', async () => {
    const { served, upstream } = await house({ budgets: [{ of: 'run', calls: 1 }] });
    expect((await ask(served)).status).toBe(200);
    const { status, headers, said } = await ask(served);
    expect([status, headers.get('x-should-retry'), upstream.requests.length]).toEqual([402, 'false', 1]);
    expect(said.error?.message).toBe(
      'The budget of run deps-ms-1 has no room for this call: 1 call of 1 call is used or reserved, and the call may come to 1 call. Hand back what you have.',
    );
  });

  it('is held by the most that a call may come to, and settled with what it came to', async () => {
    const { served } = await house({ budgets: [{ of: 'run', usd: 0.2 }] });
    // The longest answer costs $0.12, what came $0.00048: a third call has room, though three longest have none.
    for (let at = 0; at < 3; at += 1) expect((await ask(served, { more: { max_tokens: 8000 } })).status).toBe(200);
    expect(served.calls[0]).toMatchObject({
      usage: { input: 100, cacheRead: 50, output: 7 },
      estimated: false,
      cost: { microUsd: 555, asOf: price.asOf },
    });
  });

  it.each<[string, object, object]>([
    ['several answers', { n: 30 }, { protocols: ['chat'] }],
    ['what lies with the provider', { previous_response_id: 'resp_1' }, { protocols: ['responses'] }],
  ])('has no room for a call that may come to more by %s', async (_, more, provider) => {
    const upstream = await rawUpstream((socket) => socket.write(http(200, message)));
    const served = await serve({ a: { base: upstream.url, ...provider } }, { budgets: [{ of: 'run', usd: 0.2 }] });
    open.push(upstream, served);
    const path = 'n' in more ? 'chat/completions' : 'responses';
    const asking = { model: 'coder', max_tokens: 1000, max_output_tokens: 1000, messages: [], input: 'Hello', ...more };
    const { status } = await fetch(`${served.keyed}/v1/${path}`, { method: 'POST', body: JSON.stringify(asking) });
    expect([status, upstream.requests.length]).toEqual([402, 0]);
  });

  it('of a minute that is used up asks to come back when it is over', async () => {
    const now = (): number => Date.parse('2026-11-30T12:00:07Z');
    const budgets = memoryBudgets({ rules: [{ of: 'line', per: 'minute', calls: 1 }], now });
    const { served, upstream } = await house({}, { budgets });
    expect((await ask(served)).status).toBe(200);
    const { status, headers, said } = await ask(served);
    expect([status, headers.get('x-should-retry'), headers.get('retry-after'), upstream.requests.length]).toEqual([429, 'true', '53', 1]);
    expect(said.error?.message).toContain('The budget of line deps for 2026-11-30T12:00 has no room for this call');
  });

  it('of a key holds beside those of its run', async () => {
    const { served } = await house();
    const token = await served.mint({ caps: { soft: {}, hard: { tokens: 120 } } });
    expect((await ask(served, { token })).status).toBe(402);
  });

  it('beyond its soft limit leaves the cheapest model of a plan', async () => {
    const { served } = await house({
      models: { strong: modelAt(['a/strong']), cheap: modelAt(['a/cheap'], { price: { ...price, input: 0.1, output: 0.2 } }) },
      plans: { careful: ['strong', 'cheap'] },
      slots: { coder: 'careful' },
      budgets: [{ of: 'run', calls: { soft: 1, hard: 9 } }],
    });
    for (let at = 0; at < 3; at += 1) await ask(served);
    expect(served.calls.map(({ tries }) => tries[0]?.at)).toEqual(['a/strong', 'a/strong', 'a/cheap']);
  });

  it('is none for a model whose price nobody knows: it is refused unless the owner allows it', async () => {
    const models = { strong: modelAt(['a/twin'], { price: 'unpriced' }) };
    const { served } = await house({ models });
    const { status, said } = await ask(served);
    expect([status, said.error?.message]).toEqual([500, expect.stringContaining('a/twin has no price')]);
    const { served: free } = await house({ models, unpriced: 'allow' });
    expect((await ask(free)).status).toBe(200);
    expect(free.calls[0]?.cost).toEqual({ kind: 'unpriced' });
  });
});

describe('a request', () => {
  it.each([
    ['is no JSON', '{"model":"coder"', 400, 'The body is no JSON'],
    ['is no JSON within a member', '{"model":"coder","messages":[1,,2]}', 400, 'The body is no JSON'],
    ['is no object', '[]', 400, 'The body is no JSON object.'],
    ['names no model', '{}', 400, 'The body names no "model".'],
    ['names one that nobody has', '{"model":"clod"}', 404, 'This key has no model "clod". There are: coder, strong.'],
    ['names two', '{"model":"coder","model":"other"}', 400, 'The body has "model" twice.'],
  ])('that %s is refused in the words of its protocol', async (_, text, status, told) => {
    const { served, upstream } = await house();
    const answer = await ask(served, { text });
    expect([answer.status, answer.said.type]).toEqual([status, 'error']);
    expect(answer.said.error?.message).toContain(told);
    expect(upstream.requests).toHaveLength(0);
  });

  it('that is compressed is refused, and told so', async () => {
    const { served, upstream } = await house();
    const headers = { 'x-api-key': served.token, 'content-encoding': 'gzip' };
    const answer = await fetch(`${served.url}/v1/messages`, { method: 'POST', headers, body: gzipSync('{"model":"coder"}') });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('The body is compressed (gzip)')]);
    expect(upstream.requests).toHaveLength(0);
  });

  it('with members that the gateway does not know goes on as it came, but for its model and its key', async () => {
    const { served, upstream } = await house();
    const text = '{"future":{"x":[1, 2]}, "model" : "coder","max_tokens":5,"messages":[]}';
    const headers = { 'x-api-key': served.token, 'anthropic-beta': 'a-1,b-2', 'x-claude-code-session-id': 's1', cookie: 'c=1' };
    await fetch(`${served.url}/v1/messages?beta=true`, { method: 'POST', headers, body: text });
    const [sent = ''] = upstream.requests;
    expect(sent.slice(sent.indexOf('\r\n\r\n') + 4)).toBe(text.replace('coder', 'twin'));
    expect(sent).toMatch(/^POST \/v1\/messages\?beta=true HTTP/);
    expect(sent).toContain('anthropic-beta: a-1,b-2');
    expect(sent).toContain('x-claude-code-session-id: s1');
    expect(sent).not.toMatch(/cookie/i);
  });

  it.each(['declared', 'in pieces'])('longer than the limit is refused, its length %s', async (way) => {
    const { served, upstream } = await house({}, { deadlines: { bodyBytes: 1000 } });
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'x-api-key': served.token, ...(way === 'declared' ? { 'content-length': '200000' } : {}) };
      const asking = httpRequest(`${served.url}/v1/messages`, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        response.resume();
        asking.destroy();
      });
      asking.on('error', reject);
      for (let at = 0; at < 20; at += 1) asking.write('x'.repeat(500));
    });
    expect([status, upstream.requests.length]).toEqual([413, 0]);
  });

  it('that was too long leaves its connection to the next one', async () => {
    const { served } = await house({}, { deadlines: { bodyBytes: 1000 } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = (pieces: readonly string[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const headers = { 'x-api-key': served.token, 'transfer-encoding': 'chunked' };
        const asking = httpRequest(`${served.url}/v1/messages`, { method: 'POST', headers, agent }, (response) => {
          response.resume().on('end', () => resolve([response.statusCode, asking.reusedSocket]));
        });
        asking.on('error', reject);
        for (const piece of pieces) asking.write(piece);
        asking.end();
      });
    expect(await post(Array.from({ length: 40 }, () => 'x'.repeat(50_000)))).toEqual([413, false]);
    expect(await post([JSON.stringify(body)])).toEqual([200, true]);
    agent.destroy();
  });

  it('that breaks off is forgotten, and the gateway goes on', async () => {
    const { served, upstream } = await house();
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
    socket.end(`POST /v1/messages HTTP/1.1\r\nhost: a\r\nx-api-key: ${served.token}\r\ncontent-length: 500\r\n\r\n{"model":`);
    await new Promise((resolve) => socket.on('close', resolve).resume());
    expect((await ask(served)).status).toBe(200);
    expect(upstream.requests).toHaveLength(1);
  });

  it('for a socket of the web is told at once that there is none', async () => {
    const { served } = await house();
    const status = await new Promise((resolve) => {
      const asking = httpRequest(`${served.url}/v1/responses`, { headers: { connection: 'upgrade', upgrade: 'websocket' } });
      asking.on('response', (response) => resolve(response.statusCode)).end();
    });
    expect(status).toBe(426);
  });

  it('for anything else is told what is not there', async () => {
    const { served } = await house();
    const response = await fetch(`${served.keyed}/v1/embeddings`, { method: 'POST', body: '{}' });
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('This gateway has no POST /v1/embeddings.')]);
  });
});

describe('a count of tokens', () => {
  it('is the upstream’s where it counts, and a guess where it does not', async () => {
    const counting = await rawUpstream((socket, request) =>
      socket.write(request.includes('count_tokens') ? http(200, '{"input_tokens":42}') : http(200, message)),
    );
    const other = await rawUpstream((socket) => socket.write(http(404, '{}')));
    const first = await serve({ a: { base: counting.url, protocols: ['messages'] } });
    const second = await serve({ a: { base: other.url, protocols: ['messages'] } });
    const third = await serve({ a: { base: other.url, protocols: ['chat'] } });
    open.push(counting, other, first, second, third);
    const count = async ({ keyed }: Served): Promise<unknown> =>
      (await fetch(`${keyed}/v1/messages/count_tokens`, { method: 'POST', body: JSON.stringify({ ...body, model: 'coder' }) })).json();
    expect(await count(first)).toEqual({ input_tokens: 42 });
    expect(await count(second)).toEqual({ input_tokens: 23 });
    expect(await count(third)).toEqual({ input_tokens: 23 });
    expect(other.requests).toHaveLength(1);
  });

  it('is a guess where the upstream tells of an error in an answer with 200', async () => {
    const wrong = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}';
    const upstream = await rawUpstream((socket) => socket.write(http(200, wrong)));
    const served = await serve({ a: { base: upstream.url, protocols: ['messages'] } });
    open.push(upstream, served);
    const asked = { method: 'POST', body: JSON.stringify({ ...body, model: 'coder' }) };
    expect(await (await fetch(`${served.keyed}/v1/messages/count_tokens`, asked)).json()).toEqual({ input_tokens: 23 });
    expect(upstream.requests).toHaveLength(1);
  });
});

it('has no words for a provider whose key is missing but where it was looked for', async () => {
  const { served } = await house({}, { keys: new Map([['a', { kind: 'missing', why: 'the environment has no A_KEY' }]]) });
  const { status, said } = await ask(served);
  expect([status, said.error?.message]).toEqual([500, expect.stringContaining('a/twin has no key: the environment has no A_KEY')]);
});
