import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type BedrockAnswer, laneProtocols, startBedrock, startVertex, type Vertex } from '../../kit/gateway/index.ts';
import { memoryTape, type MemoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { clients } from './clients.ts';
import { modelAt, serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const calls = [
  { call: { id: 'call_one', name: 'Bash', input: { command: 'ls' } } },
  { call: { id: 'call_two', name: 'Bash', input: { command: "echo 'ö'" } } },
];
const task: readonly BedrockAnswer[] = [
  { kind: 'answer', blocks: [{ thought: 'Two.', signature: 'c2lnbmVk' }, { text: 'I look.' }, ...calls], stop: 'tool_use' },
  { kind: 'answer', blocks: [{ text: 'Done.' }], stop: 'end_turn' },
];
const steps = `{ steps: [{ think: Two., say: I look., together: [{ run: ls }, { run: "echo 'ö'" }] }, { say: Done. }] }`;
const done = { text: 'I look.', calls: [{ command: 'ls' }, { command: "echo 'ö'" }], last: 'Done.', model: 'alias' };
const whole = { ended: 'whole', tries: [{ lane: 'translate', outcome: 'content' }], estimated: false };

async function inFrontOf(provider: object, model: string, env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const served = await serve(
    { cloud: { ...provider } },
    { models: { strong: modelAt([`cloud/${model}`]) }, slots: { alias: 'strong' }, env },
  );
  open.push(served);
  return served;
}

async function vertex(): Promise<{
  readonly vertex: Vertex;
  readonly twin: string;
  readonly tape: MemoryTape;
  readonly env: { readonly LOGIN: string };
}> {
  const tape = memoryTape();
  const twin = await startModelTwin({ scenario: readScenario(steps, 'test'), port: 0, tape, replay: null });
  const double = await startVertex(twin.url);
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-vertex-'));
  open.push(twin, double, { close: () => rm(folder, { recursive: true }) });
  await writeFile(join(folder, 'subject'), 'token-of-the-workload');
  return { vertex: double, twin: twin.url, tape, env: { LOGIN: JSON.stringify(double.credentials(join(folder, 'subject'))) } };
}

describe.each(laneProtocols)("the vendor's client of %s does a task of two calls at once", (from) => {
  it.each([true, false])('at Bedrock, through its package; streaming: %s', async (stream) => {
    const double = await startBedrock(task);
    open.push(double);
    const options = { region: 'eu-central-1', baseURL: double.url };
    const served = await inFrontOf({ package: '@ai-sdk/amazon-bedrock', options }, 'eu.anthropic.claude-sonnet-4-20250514-v1:0');
    expect(await clients[from](served.keyed, stream)).toMatchObject(done);
    expect(served.calls[0]).toMatchObject({ ...whole, usage: { input: 100, cacheRead: 40, output: 30 } });
  });

  it.each([true, false])('at Gemini on Vertex, through its package, with a key; streaming: %s', async (stream) => {
    const { twin } = await vertex();
    const served = await inFrontOf({ package: '@ai-sdk/google-vertex', options: { baseURL: `${twin}/v1beta` } }, 'gemini-2.5-pro');
    expect(await clients[from](served.keyed, stream)).toMatchObject(done);
    expect(served.calls[0]).toMatchObject(whole);
  });

  it.each([true, false])('at Claude on Vertex, through its package, as a workload that logs in; streaming: %s', async (stream) => {
    const { vertex: double, tape, env } = await vertex();
    const provider = {
      package: '@ai-sdk/google-vertex/anthropic',
      key: undefined,
      options: { project: 'ours', location: 'europe-west1', baseURL: double.url },
      secrets: { 'googleAuthOptions.credentials': 'env:LOGIN' },
    };
    const served = await inFrontOf(provider, 'claude-sonnet-4@20250514', env);
    expect(await clients[from](served.keyed, stream)).toMatchObject(done);
    expect(served.calls[0]).toMatchObject(whole);
    // One login for all of its calls.
    expect(double.logins()).toBe(1);
    // The ends of tools, instructions and the last turn are marked for its cache.
    expect(JSON.stringify(tape.entries()[0]?.body)).toContain('"cache_control":{"type":"ephemeral"}');
  });
});

it('a login that fails is told of, and nobody was asked', async () => {
  const { tape } = await vertex();
  const login = {
    type: 'external_account',
    audience: 'a',
    subject_token_type: 't',
    token_url: 'http://127.0.0.1:9/',
    credential_source: { file: '/none' },
  };
  const provider = {
    package: '@ai-sdk/google-vertex',
    key: undefined,
    options: { project: 'ours', location: 'europe-west1' },
    secrets: { 'googleAuthOptions.credentials': 'env:LOGIN' },
  };
  const served = await inFrontOf(provider, 'gemini-2.5-pro', { LOGIN: JSON.stringify(login) });
  const body = { model: 'alias', max_tokens: 400, messages: [{ role: 'user', content: 'Do it.' }] };
  const response = await fetch(`${served.keyed}/v1/messages`, { method: 'POST', body: JSON.stringify(body) });
  expect([response.status, await response.text()]).toEqual([
    529,
    expect.stringContaining('cloud cannot be reached (@ai-sdk/google-vertex 4.'),
  ]);
  expect(tape.entries()).toEqual([]);
});
