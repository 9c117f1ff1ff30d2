import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { ask, deskDouble } from '../../../../kit/egress/index.ts';
import type { EgressGate, EgressRefusal } from '../../../core/ports/egress.ts';
import type { ToolDesk } from '../../../core/ports/stations/report-desk.ts';
import { openEgress } from '../index.ts';

const noUpstreams = { registries: () => Promise.resolve([]), get: () => Promise.reject(new Error('No package is asked for here.')) };
const post = { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' };

async function gateTo(desk: ToolDesk | null): Promise<{ socket: string; gate: EgressGate; refusals: EgressRefusal[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-report-'));
  const socket = join(folder, 'out');
  const refusals: EgressRefusal[] = [];
  const limits = { patienceMs: 200, reportBytes: 1_000 };
  const egress = openEgress({ upstreams: noUpstreams, limits, ...(desk !== null && { desk }) });
  const refused = (refusal: EgressRefusal): void => void refusals.push(refusal);
  const gate = await egress.serve({ socket, user: null, job: 'one', routes: ['report'], refused });
  onTestFinished(async () => {
    await gate.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { socket, gate, refusals };
}

test('a factory without a desk refuses reports, and says so in the words of the protocol', async () => {
  const { socket, refusals } = await gateTo(null);
  const { status, body } = await ask(socket, '/report/mcp', post);
  expect([status, JSON.parse(String(body))]).toMatchObject([
    403,
    { jsonrpc: '2.0', error: { message: expect.stringContaining('no reports') } },
  ]);
  expect(refusals).toEqual([{ request: 'POST /report/mcp', why: 'this factory takes no reports' }]);
});

test('who stops in the middle of a message is not waited for', async () => {
  const desk = deskDouble();
  const { socket } = await gateTo(desk);
  const connection = connect(socket);
  connection.write('POST /report/mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n\r\n{');
  expect(await text(connection)).toMatch(/^HTTP\/1\.1 408 /);
  expect(desk.heard()).toEqual([]);
});

test('a message has at most so many bytes, to the byte', async () => {
  const desk = deskDouble();
  const { socket } = await gateTo(desk);
  const statusOf = async (bytes: number): Promise<number> =>
    (await ask(socket, '/report/mcp', { method: 'POST', body: `"${'x'.repeat(bytes - 2)}"` })).status;
  expect([await statusOf(1_000), await statusOf(1_001)]).toEqual([202, 413]);
  expect(desk.heard()).toHaveLength(1);
});

test('a desk that fails is told of in few words, and the way stays open', async () => {
  let fails = true;
  const desk: ToolDesk = {
    answer: async () => {
      if (fails) throw new Error('secrets of the factory');
      return { jsonrpc: '2.0', id: 1, result: {} };
    },
  };
  const { socket } = await gateTo(desk);
  const { status, body } = await ask(socket, '/report/mcp', post);
  expect([status, String(body)]).toEqual([500, expect.not.stringContaining('secrets')]);
  fails = false;
  expect((await ask(socket, '/report/mcp', post)).status).toBe(200);
});
