import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, onTestFinished, test } from 'vitest';
import { portToSocket } from '../../../../kit/egress/index.ts';
import type { DeskWord, OpenDesk } from '../../../core/ports/stations/report-desk.ts';
import { reportDesk } from '../../station/report/index.ts';
import { openEgress } from '../index.ts';

const noUpstreams = { registries: () => Promise.resolve([]), get: () => Promise.reject(new Error('No package is asked for here.')) };
const rules = [{ code: 'already-fixed', statement: 'The base does it.', proof: 'a test' }];
const whole = { state: 'DONE', summary: 'Mended.', filesChanged: ['a.ts'] };

/** A desk behind a gate of job `one`, at the URL that a command finds in its environment. */
async function aDesk(key?: string): Promise<{ url: URL; open: OpenDesk; told: DeskWord[]; refused: unknown[] }> {
  const desk = reportDesk({ version: '1.2.3' });
  const told: DeskWord[] = [];
  const refused: unknown[] = [];
  const open = desk.open({ job: 'one', form: 'change', packet: { noOpRules: rules }, told: (word) => void told.push(word) });
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-report-'));
  const egress = openEgress({ upstreams: noUpstreams, desk });
  const order = { socket: join(folder, 'out'), user: null, job: 'one', routes: ['report'] as const, ...(key !== undefined && { key }) };
  const gate = await egress.serve({ ...order, refused: (refusal) => void refused.push(refusal) });
  const way = await portToSocket(order.socket);
  onTestFinished(async () => {
    await way.close();
    await gate.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { url: new URL(gate.environment(way.port)['JIDOKA_REPORT_URL'] ?? ''), open, told, refused };
}

type Options = NonNullable<ConstructorParameters<typeof Client>[1]>;

async function connected(url: URL, options: Options = {}): Promise<Client> {
  const client = new Client({ name: 'probe', version: '1' }, options);
  await client.connect(new StreamableHTTPClientTransport(url));
  onTestFinished(() => client.close());
  return client;
}

test.each([
  ['as it comes', {}, undefined],
  ['that asks for the newest revision first', { versionNegotiation: { mode: 'auto' } }, undefined],
  ['of an older revision', { supportedProtocolVersions: ['2024-11-05'] }, undefined],
  ['behind a key', {}, '0123456789abcdef0123456789abcdef'],
] satisfies readonly (readonly [string, Options, string | undefined])[])(
  'the official client, %s, hands in a report, corrected by what it is told',
  async (_name, options, key) => {
    const { url, open, told, refused } = await aDesk(key);
    const client = await connected(url, options);
    expect(client.getServerVersion()).toMatchObject({ name: 'jidoka', version: '1.2.3' });
    expect(client.getInstructions()).toContain('`report`');
    await client.ping();
    const { tools } = await client.listTools();
    expect(tools).toMatchObject([{ name: 'report', annotations: { readOnlyHint: true }, _meta: { 'anthropic/alwaysLoad': true } }]);
    const bad = await client.callTool({ name: 'report', arguments: { state: 'DONE', summary: 'Mended.' } });
    expect(bad).toMatchObject({ isError: true, content: [{ type: 'text', text: expect.stringContaining('filesChanged') }] });
    expect(await client.callTool({ name: 'report', arguments: whole })).toMatchObject({ isError: false });
    expect(await client.callTool({ name: 'report', arguments: whole })).toMatchObject({ isError: false });
    expect(told.map(({ kind }) => kind)).toEqual(['refused', 'accepted', 'late']);
    expect(open.report()).toMatchObject(whole);
    await expect(client.callTool({ name: 'other', arguments: {} })).rejects.toThrow('one tool');
    open.close();
    await expect(client.callTool({ name: 'report', arguments: whole })).rejects.toThrow('Nothing is handed in here now');
    expect(refused).toEqual([]);
  },
);

test('a hundred calls at once, of ten clients, are one report and ninety-nine that came late', async () => {
  const { url, told } = await aDesk();
  const clients = await Promise.all(Array.from({ length: 10 }, () => connected(url)));
  const calls = clients.flatMap((client) => Array.from({ length: 10 }, () => client.callTool({ name: 'report', arguments: whole })));
  expect((await Promise.all(calls)).filter(({ isError }) => isError)).toEqual([]);
  const count = (kind: DeskWord['kind']): number => told.filter((word) => word.kind === kind).length;
  expect([count('accepted'), count('late'), count('refused')]).toEqual([1, 99, 0]);
});
