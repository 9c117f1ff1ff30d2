import { request } from 'node:http';
import { expect, test } from 'vitest';
import { ask, sayTo, type Asked } from './ask.ts';
import type { Bench } from './bench.ts';

const covered = [
  ['POST', '/v1/messages'],
  ['POST', '/v1/messages?beta=true'],
  ['POST', '/v1/messages/count_tokens'],
  ['POST', '/v1/responses'],
  ['POST', '/v1/chat/completions'],
  ['POST', '/v1beta/models/some-model-2.5:generateContent'],
  ['POST', '/v1beta/models/some-model-2.5:streamGenerateContent?alt=sse'],
  ['POST', '/v1beta/models/some-model-2.5:countTokens'],
  ['POST', '/v1beta/models/one,two:generateContent'],
  ['POST', '/v1beta/models/one%2Ctwo:streamGenerateContent?alt=sse'],
  ['GET', '/v1/models'],
  ['GET', '/v1/models?limit=20&after_id=some-model'],
  ['GET', '/v1beta/models?pageSize=50'],
] as const;

/** What a gateway may offer beside inference, and what only looks like inference. */
const uncovered = [
  ['POST', '/v1/files'],
  ['GET', '/v1/files'],
  ['GET', '/v1/files/one/content'],
  ['POST', '/upload/v1beta/files'],
  ['POST', '/v1beta/files'],
  ['POST', '/v1/uploads'],
  ['POST', '/v1/messages/batches'],
  ['POST', '/v1/batches'],
  ['POST', '/v1/organizations/api_keys'],
  ['POST', '/v1beta/models/some-model:batchGenerateContent'],
  ['POST', '/v1beta/cachedContents'],
  ['POST', '/v1beta/models/a/b:generateContent'],
  ['GET', '/v1/responses/one'],
  ['GET', '/v1/models/one'],
  ['DELETE', '/v1/models/one'],
  ['GET', '/v1/messages'],
  ['PUT', '/v1/messages'],
  ['POST', '/v1/models'],
  ['POST', '/v1/messages/'],
  ['POST', '//v1/messages'],
  ['POST', '/v1/%6dessages'],
  ['POST', '/v1/messages/../files'],
  ['POST', '/v1/files?x=/v1/messages'],
  ['POST', '/v1/messages?to=elsewhere'],
  ['POST', '/v1beta/models/some%2Fmodel:generateContent'],
  ['POST', '/admin'],
  ['POST', ''],
] as const;

/** What every egress promises of the model gateway. */
export function modelContract(bench: () => Bench): void {
  const post = (path: string, more: Parameters<typeof ask>[2] = {}): Promise<Asked> =>
    ask(bench().socket, `/model${path}`, { method: 'POST', body: '{"model":"one"}', ...more });

  test.each(covered)('%s %s goes to the gateway, with the key of the factory', async (method, path) => {
    const { socket, world, refusals } = bench();
    const headers = { authorization: 'Bearer jidoka-job', 'content-type': 'application/json', 'anthropic-beta': 'a-1,b-2' };
    const body = method === 'POST' ? `{"text":"${'\u00e4\u{1f600}'.repeat(50_000)}"}` : undefined;
    const { status } = await ask(socket, `/model${path}`, { method, headers, ...(body !== undefined && { body }) });
    const [seen] = world.model.requests();
    expect(status).toBe(200);
    expect(seen?.line).toBe(`${method} ${new URL(world.model.place() ?? '').pathname}${path}`);
    expect(seen?.headers['authorization']).toBe(`Bearer ${world.model.key}`);
    expect(seen?.headers['anthropic-beta']).toBe('a-1,b-2');
    expect(seen?.body.equals(Buffer.from(body ?? ''))).toBe(true);
    expect(refusals).toEqual([]);
  });

  test.each(uncovered)('%s %s is refused and told', async (method, path) => {
    const { socket, world, refusals, gate } = bench();
    const { status, body } = await ask(socket, `/model${path}`, { method, ...(method === 'POST' && { body: '{}' }) });
    expect([status, world.model.requests()]).toEqual([403, []]);
    expect(JSON.parse(String(body)).error.message).toContain("jidoka's egress refused this");
    expect(refusals).toHaveLength(1);
    expect(gate.usage().refused).toBe(1);
  });

  test.each([
    ['authorization', 'Bearer jidoka-job'],
    ['x-api-key', 'jidoka-job'],
    ['x-goog-api-key', 'jidoka-job'],
    ['the query', 'jidoka-job'],
    ['authorization', 'Bearer sk-mine-1234567890'],
    ['authorization', 'Basic bWluZTptaW5l'],
    ['x-api-key', 'sk-mine-1234567890'],
    ['x-goog-api-key', 'sk-mine-1234567890'],
    ['api-key', 'sk-mine-1234567890'],
    ['cookie', 'session=sk-mine-1234567890'],
    ['the query', 'sk-mine-1234567890'],
  ])('a key in %s (%s) is taken off, and told of where it is not the one that jobs have', async (place, value) => {
    const { world, refusals, gate } = bench();
    const inQuery = place === 'the query';
    const { status } = await post(inQuery ? `/v1/messages?key=${value}&alt=sse` : '/v1/messages', {
      headers: inQuery ? {} : { [place]: value },
    });
    const [seen] = world.model.requests();
    expect(status).toBe(200);
    expect(seen?.headers['authorization']).toBe(`Bearer ${world.model.key}`);
    expect(JSON.stringify(seen)).not.toContain(value);
    const told = value.includes('jidoka-job') ? 0 : 1;
    expect(refusals.map(({ why }) => why)).toEqual(Array.from({ length: told }, () => expect.stringContaining(place)));
    expect(gate.usage().refused).toBe(told);
    expect(JSON.stringify(refusals)).not.toContain(value);
  });

  test('an answer is passed on byte for byte, each piece as it comes', async () => {
    const { socket, world } = bench();
    const events = ['data: {"text":"\u00e4"}\n\n', 'data: {"text":"sk"}\n\n', 'data: [DONE]\n\n'];
    const steps: (() => void)[] = [];
    world.model.answerBy((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-ratelimit-remaining': '7', 'set-cookie': 'a=b' }).flushHeaders();
      steps.push(...events.map((event) => () => void response.write(event)), () => void response.end());
    });
    const pieces: string[] = [];
    const head = await new Promise<Record<string, unknown>>((resolve, reject) => {
      request({ socketPath: socket, path: '/model/v1/messages', method: 'POST', agent: false }, (response) => {
        resolve(response.headers);
        response.setEncoding('utf8').on('data', (piece: string) => {
          pieces.push(piece);
          steps.shift()?.();
        });
        steps.shift()?.();
      })
        .on('error', reject)
        .end('{}');
    });
    await expect.poll(() => pieces).toEqual(events);
    expect(head).toMatchObject({ 'content-type': 'text/event-stream', 'x-ratelimit-remaining': '7' });
    expect(head['set-cookie']).toBeUndefined();
  });

  test('whoever hangs up ends the request to the gateway too', async () => {
    const { socket, world } = bench();
    const ended = new Promise<void>((resolve) => {
      world.model.answerBy((response) => response.once('close', resolve).writeHead(200).write('data: 1\n\n'));
    });
    const asked = request({ socketPath: socket, path: '/model/v1/responses', method: 'POST', agent: false }, () => asked.destroy());
    asked.on('error', () => undefined).end('{}');
    await ended;
  });

  test.each([400, 403, 404, 413, 429, 500, 503, 529])('an error %d of the gateway comes in as it is', async (status) => {
    const { world } = bench();
    const error = `{"type":"error","error":{"type":"some_error","message":"words of ${status}"}}`;
    world.model.answerBy((response) => response.writeHead(status, { 'retry-after': '3', 'x-should-retry': 'false' }).end(error));
    const answer = await post('/v1/messages');
    expect([answer.status, String(answer.body)]).toEqual([status, error]);
    expect(answer.headers).toMatchObject({ 'retry-after': '3', 'x-should-retry': 'false' });
  });

  test('nothing of the key comes in, whatever the gateway quotes and however it breaks', async () => {
    const { world, refusals, gate } = bench();
    const { key } = world.model;
    const place = world.model.place() ?? '';
    const half = 10;
    world.model.answerBy((response) => response.writeHead(400, { 'x-request-id': key }).end(`{"error":"bad ${key} at ${place}"}`));
    const quoted = await post('/v1/messages');
    world.model.answerBy((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`data: ${key.slice(0, half)}`);
      setImmediate(() => response.end(`${key.slice(half)}\n\n`));
    });
    const streamed = await post('/v1/messages');
    world.model.answerBy((response) => response.writeHead(401).end(`{"error":"wrong key ${key.slice(0, 12)}***"}`));
    const unknown = await post('/v1/messages');
    world.model.answerBy((response) => response.writeHead(307, { location: `${place}/?key=${key}` }).end());
    const moved = await post('/v1/messages');
    world.model.answerBy((response) => response.destroy());
    const broken = await post('/v1/messages');
    world.model.moveTo(place.replace(/:\d+/, ':1'));
    const away = await post('/v1/messages');
    const all = [quoted, streamed, unknown, moved, broken, away];
    expect(all.map(({ status }) => status)).toEqual([400, 200, 401, 502, 502, 502]);
    expect(String(quoted.body)).toMatch(/^\{"error":"bad \*+ at http:/);
    expect(String(streamed.body)).toBe(`data: ${'*'.repeat(key.length)}\n\n`);
    expect(String(away.body)).toContain('could not reach the model gateway (ECONNREFUSED)');
    const told = JSON.stringify([all.map(({ headers, body }) => [headers, String(body)]), refusals, gate.environment(1), gate.usage()]);
    expect(told).not.toContain(key.slice(0, 12));
    expect(told).not.toContain('t0ken');
  });

  test('where no gateway is configured, that is what is said', async () => {
    const { world, refusals } = bench();
    world.model.moveTo(null);
    const { status, body } = await post('/v1/messages');
    expect([status, JSON.parse(String(body)).error.message]).toEqual([403, expect.stringContaining('no model gateway is configured')]);
    expect(refusals).toMatchObject([{ request: 'POST /model/v1/messages', why: 'no model gateway is configured' }]);
  });

  test('a longer request than any prompt is refused, and told of beforehand or not', async () => {
    const { socket, world, refusals } = bench();
    const long = Buffer.alloc(33 * 1024 * 1024, 'x');
    const told = await post('/v1/messages', { body: String(long) });
    const chunked = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request({ socketPath: socket, path: '/model/v1/messages', method: 'POST', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).write(long);
      asked.end();
    });
    expect([told.status, chunked]).toEqual([413, 413]);
    expect(refusals.map(({ why }) => why)).toEqual([expect.stringContaining('at most 33554432 bytes')]);
    expect(world.model.requests()).toEqual([]);
  });

  test('whoever asks for another kind of connection is told to stay with plain requests', async () => {
    const ask101 = 'connection: Upgrade\r\nupgrade: websocket\r\n';
    const answer = await sayTo(bench().socket, `GET /model/v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\n${ask101}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 426 /);
  });

  test('whoever waits to be told to send a body is told so', async () => {
    const { socket, world } = bench();
    const body = await new Promise<string>((resolve, reject) => {
      const asked = request({
        socketPath: socket,
        path: '/model/v1/messages',
        method: 'POST',
        agent: false,
        headers: { expect: '100-continue' },
      });
      asked.on('continue', () => asked.end('{"late":true}')).on('error', reject);
      asked.on('response', (response) => resolve(String(response.resume().statusCode)));
      asked.flushHeaders();
    });
    expect([body, String(world.model.requests()[0]?.body)]).toEqual(['200', '{"late":true}']);
  });
}
