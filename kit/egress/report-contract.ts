import { request } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, sayTo, type Asked, type AskOptions } from './ask.ts';
import { orderAt, type Bench } from './bench.ts';

const at = '/report/mcp';
const head = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const ping = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'ping' });

/** What every egress promises of the way to the report desk. */
export function reportContract(bench: () => Bench): void {
  const post = (body: AskOptions['body'] = ping, headers: AskOptions['headers'] = head): Promise<Asked> =>
    ask(bench().socket, at, { method: 'POST', headers, ...(body !== undefined && { body }) });
  const heard = (): readonly unknown[] => bench().world.desk.heard();

  test('a message comes to the desk as that of the job, and its answer back', async () => {
    const { status, headers, body } = await post();
    expect([status, headers['content-type'], JSON.parse(String(body))]).toEqual([
      200,
      'application/json',
      { jsonrpc: '2.0', id: 7, result: { job: 'one' } },
    ]);
    expect(heard()).toEqual([{ job: 'one', message: JSON.parse(ping) }]);
    expect(bench().refusals).toEqual([]);
  });

  test('the socket says whose message it is, and nothing else', async () => {
    const { egress, folder, world } = bench();
    await world.git.make('two');
    const socket = join(folder, 'two');
    const gate = await egress.serve({ ...orderAt(socket), job: 'two' });
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', job: 'one', params: { job: 'one' } });
    await ask(socket, at, { method: 'POST', body, headers: { ...head, 'mcp-session-id': 'one', authorization: 'Bearer one' } });
    await gate.close();
    expect(heard()).toMatchObject([{ job: 'two' }]);
  });

  test('what has no answer is taken without one', async () => {
    const { status, body } = await post('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    expect([status, String(body)]).toEqual([202, '']);
    expect(heard()).toHaveLength(1);
  });

  test.each([
    ['application/json', 'application/json'],
    ['*/*', 'application/json'],
    ['text/event-stream', 'text/event-stream'],
    ['text/event-stream;q=1.0', 'text/event-stream'],
  ])('who accepts %s gets %s', async (accept, type) => {
    const { status, headers, body } = await post(ping, { ...head, accept });
    expect([status, headers['content-type']]).toEqual([200, type]);
    const json = type === 'application/json' ? String(body) : (/^event: message\ndata: (.*)\n\n$/.exec(String(body))?.[1] ?? '');
    expect(JSON.parse(json)).toMatchObject({ id: 7 });
  });

  test('there is no stream to listen to, and no session to end', async () => {
    const { socket, refusals } = bench();
    const listened = await ask(socket, at, { headers: { accept: 'text/event-stream' } });
    expect([listened.status, listened.headers['allow']]).toEqual([405, 'POST, DELETE']);
    expect((await ask(socket, at, { method: 'DELETE' })).status).toBe(204);
    expect([refusals, heard()]).toEqual([[], []]);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['half of it', '{"jsonrpc":"2.0",'],
    ['bytes that are no text', Buffer.from([0x22, 0xff, 0xfe, 0x00, 0x22])],
    ['brackets without end', '['.repeat(500_000)],
  ])('%s is no JSON, and the desk hears nothing of it', async (_name, body) => {
    const { status, body: answer } = await post(body);
    expect([status, JSON.parse(String(answer))]).toMatchObject([400, { jsonrpc: '2.0', id: null, error: { code: -32_700 } }]);
    expect(heard()).toEqual([]);
  });

  test('a message is bounded, whether it tells its length or not', async () => {
    const { refusals } = bench();
    const long = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'x'.repeat(2_000_000) });
    const told = await post(long);
    const untold = await post(long, { ...head, 'transfer-encoding': 'chunked' });
    for (const { status, body } of [told, untold]) {
      expect([status, JSON.parse(String(body))]).toMatchObject([413, { error: { message: expect.stringContaining('at most') } }]);
    }
    expect(refusals).toEqual([{ request: 'POST /report/mcp', why: expect.stringContaining('at most') }]);
    expect(heard()).toEqual([]);
    expect((await post()).status).toBe(200);
  });

  test('who waits to be told to send is told so', async () => {
    const { socket } = bench();
    const length = String(Buffer.byteLength(ping));
    const status = await new Promise((resolve, reject) => {
      const asking = request({
        socketPath: socket,
        path: at,
        method: 'POST',
        headers: { ...head, 'content-length': length, expect: '100-continue' },
      });
      asking.once('continue', () => asking.end(ping)).once('response', (response) => resolve(response.resume().statusCode));
      asking.once('error', reject).flushHeaders();
    });
    expect(status).toBe(200);
  });

  test('a hundred at once are each answered', async () => {
    const bodies = Array.from({ length: 100 }, (_, id) => JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }));
    const answers = await Promise.all(bodies.map((body) => post(body)));
    expect(answers.map(({ body }) => JSON.parse(String(body)).id)).toEqual(bodies.map((_, id) => id));
  });

  test('who hangs up in the middle of a message hurts nobody', async () => {
    const { socket } = bench();
    const half = sayTo(socket, `POST ${at} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{`, {
      hangUp: true,
    });
    expect(await half).toBe('');
    expect((await post()).status).toBe(200);
    expect(heard()).toHaveLength(1);
  });

  test('with a key, whoever comes without it comes to nothing, and what he wanted is not told', async () => {
    const { egress, folder, world } = bench();
    const key = '0123456789abcdef0123456789abcdef';
    const refusals: unknown[] = [];
    const socket = join(folder, 'keyed');
    const gate = await egress.serve({ ...orderAt(socket), key, routes: ['model', 'report'], refused: (one) => void refusals.push(one) });
    const url = new URL(gate.environment(4873)['JIDOKA_REPORT_URL'] ?? '');
    expect(url.href).toBe(`http://127.0.0.1:4873/${key}/report/mcp`);
    expect(gate.environment(4873)['ANTHROPIC_BASE_URL']).toBe(`http://127.0.0.1:4873/${key}/model`);
    const statusOf = async (path: string): Promise<number> =>
      (await ask(socket, path, { method: 'POST', headers: head, body: ping })).status;
    expect([await statusOf(url.pathname), await statusOf(`/${key}/model/v1/messages`)]).toEqual([200, 200]);
    const others = [
      at,
      `/${key.slice(1)}0${at}`,
      `/${key}${key}${at}`,
      `/${key}`,
      `/${key}0${at}`,
      `//${key}${at}`,
      '/model/v1/messages',
      '/',
    ];
    for (const path of others) expect([path, await statusOf(path)]).toEqual([path, 403]);
    await gate.close();
    expect(refusals).toEqual([
      { request: 'POST /', why: expect.stringContaining('key of its workspace') },
      { request: 'POST /', why: expect.stringContaining('not open') },
    ]);
    expect(world.desk.heard()).toHaveLength(1);
  });
}
