import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TracedCall } from '../../src/core/ports/gateway/model-trace.ts';
import type { ModelStore } from '../../src/core/ports/gateway/gateway-door.ts';
import { openModelStore } from '../../src/gateway.ts';
import { removeDatabase } from '../../src/plant/postgres/index.ts';
import { giveCluster } from '../cluster/give-cluster.ts';
import { ended, startGatewayProcess } from './gateway-process.ts';
import { type RawUpstream, rawUpstream, streamHead } from './raw-upstream.ts';

const key = 'key-of-the-owner-of-the-gateway';
const piece = (content: string): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

let home: string;
let store: ModelStore;
let upstream: RawUpstream;
const children: ChildProcess[] = [];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-open-calls-'));
  await giveCluster(home);
  // One is answered in part and never ended, one never answered, one at once.
  upstream = await rawUpstream((socket, request) => {
    if (request.includes('say nothing')) return;
    socket.write(streamHead + piece('word '.repeat(60)));
    if (request.includes('at once'))
      socket.end(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`);
  });
  const postgresBin = process.env['JIDOKA_PG_BIN'] ?? null;
  store = await openModelStore({ home, databaseUrl: null, postgresBin, env: process.env }, () => undefined);
  await writeFile(
    join(home, 'factory.yaml'),
    `gateway:
  providers: { house: { protocols: [chat], base: "${upstream.url}", vendor: self, region: own } }
  models:
    strong:
      { upstreams: [house/big], price: { asOf: 2026-11-20, input: 3, output: 15 }, window: 200000, output: 100, capabilities: [tools], weights: open }
  slots: { coder: strong }
`,
  );
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) await ended(child, 'SIGTERM');
  await store.close();
  await upstream.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

/** Asks, and lets go of whatever comes. */
async function ask(url: string, content: string): Promise<void> {
  const body = JSON.stringify({ model: 'coder', stream: true, max_tokens: 100, messages: [{ role: 'user', content }] });
  const answer = await fetch(`${url}/g/${key}/v1/chat/completions`, { method: 'POST', body });
  await answer.text();
}

async function trace(): Promise<readonly TracedCall[]> {
  const [call] = await store.calls.calls({ limit: 1 });
  const told: TracedCall[] = [];
  if (call !== undefined) for await (const one of store.trace({ run: call.caller.run })) told.push(one);
  return told;
}

it('calls that a gateway had open when it was killed stay on record, with what they came to as far as it was seen', async () => {
  const { child, url } = await startGatewayProcess(home, key, children);
  const asked = ['say much', 'say nothing', 'say it at once'].map(async (content) => await ask(url, content).catch(() => 'cut off'));
  const endings = async (): Promise<readonly string[]> => (await trace()).map(({ call }) => call.ended).toSorted();
  await expect.poll(endings).toEqual(['open', 'open', 'whole']);
  const [before] = await store.calls.spend([]);
  expect(before).toMatchObject({ calls: 3, estimatedCalls: 3, cost: { unpricedCalls: 0 } });
  await ended(child, 'SIGKILL');
  expect((await Promise.all(asked)).filter((end) => end === 'cut off')).toHaveLength(2);
  await expect.poll(endings).toEqual(['lost', 'lost', 'whole']);
  const told = await trace();
  for (const { heard, call, trouble } of told.filter((one) => one.call.ended === 'lost')) {
    const [{ text = '' } = {}] = heard;
    expect(['say much', 'say nothing']).toContain(text);
    expect(trouble).toMatch(/gateway was gone before it ended/);
    expect([call.estimated, call.usage.input > 0, call.usage.output]).toEqual([true, true, text === 'say much' ? 84 : 0]);
  }
  expect(await store.calls.spend([])).toEqual([before]);
  expect(await store.tidy()).toMatchObject({ calls: 2 });
  expect([await endings(), await store.calls.spend([])]).toEqual([['lost', 'lost', 'whole'], [before]]);
});
