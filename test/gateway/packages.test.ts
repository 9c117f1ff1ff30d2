import { afterEach, describe, expect, it } from 'vitest';
import { type Bedrock, type BedrockAnswer, laneProtocols, startBedrock } from '../../kit/gateway/index.ts';
import { memoryTape, type MemoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { clients } from './clients.ts';
import { modelAt, serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const claude = 'eu.anthropic.claude-sonnet-4-20250514-v1:0';
const calls = [
  { call: { id: 'call_one', name: 'Bash', input: { command: 'ls' } } },
  { call: { id: 'call_two', name: 'Bash', input: { command: "echo 'ö'" } } },
];
const thought = { thought: 'Two commands.', signature: 'c2lnbmVk' };
const task: readonly BedrockAnswer[] = [
  { kind: 'answer', blocks: [thought, { text: 'I look.' }, ...calls], stop: 'tool_use' },
  { kind: 'answer', blocks: [{ text: 'Done.' }], stop: 'end_turn' },
];
const done = { text: 'I look.', calls: [{ command: 'ls' }, { command: "echo 'ö'" }], last: 'Done.', model: 'alias' };

async function bedrock(answers: readonly BedrockAnswer[], provider: object = {}): Promise<{ readonly double: Bedrock; readonly served: Served }> {
  const double = await startBedrock(answers);
  open.push(double);
  const own = { package: '@ai-sdk/amazon-bedrock', options: { region: 'eu-central-1', baseURL: double.url }, ...provider };
  const served = await serve({ aws: own }, { models: { strong: modelAt([`aws/${claude}`]) }, slots: { alias: 'strong' } });
  open.push(served);
  return { double, served };
}

describe.each(laneProtocols)("the vendor's client of %s, answered by Bedrock through its package", (from) => {
  it.each([true, false])('does a task of two calls at once; streaming: %s', async (stream) => {
    const { served } = await bedrock(task);
    expect(await clients[from](served.keyed, stream)).toMatchObject(done);
    expect(served.calls[0]).toMatchObject({
      ended: 'whole',
      tries: [{ lane: 'translate', outcome: 'content' }],
      estimated: false,
      usage: { input: 100, cacheRead: 40, output: 30 },
    });
  });
});

describe.each(laneProtocols)("the vendor's client of %s, answered by Vertex through its package", (from) => {
  it.each([true, false])('does a task of two calls at once; streaming: %s', async (stream) => {
    const tape: MemoryTape = memoryTape();
    const steps = `{ steps: [{ think: Two., say: I look., together: [{ run: ls }, { run: "echo 'ö'" }] }, { say: Done. }] }`;
    const twin = await startModelTwin({ scenario: readScenario(steps, 'test'), port: 0, tape, replay: null });
    const served = await serve(
      { google: { package: '@ai-sdk/google-vertex', options: { baseURL: `${twin.url}/v1beta` } } },
      { models: { strong: modelAt(['google/gemini-2.5-pro']) }, slots: { alias: 'strong' } },
    );
    open.push(twin, served);
    expect(await clients[from](served.keyed, stream)).toMatchObject(done);
    expect(served.calls[0]).toMatchObject({ ended: 'whole', tries: [{ lane: 'translate', outcome: 'content' }], estimated: false });
  });
});
