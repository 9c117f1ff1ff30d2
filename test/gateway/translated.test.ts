import { afterEach, describe, expect, it } from 'vitest';
import { lanePairs, laneUpstream } from '../../kit/gateway/index.ts';
import type { Protocol } from '../../src/plant/gateway/translate/index.ts';
import { memoryTape, type MemoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { clients } from './clients.ts';
import { startLaneServer } from './lane-server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function translated(scenario: string, to: Protocol): Promise<{ readonly url: string; readonly tape: MemoryTape }> {
  const tape = memoryTape();
  const twin = await startModelTwin({ scenario: readScenario(scenario, 'test'), port: 0, tape, replay: null });
  const lane = await startLaneServer(twin.url, to, laneUpstream({ model: 'twin' }));
  open.push(twin, lane);
  return { url: lane.url, tape };
}

const twoCalls = `
steps:
  - say: I look.
    together: [{ run: ls }, { run: "echo 'ö'" }]
  - say: Done.
`;
const stops = { messages: 'tool_use', responses: 'completed', chat: 'tool_calls', 'generate-content': 'STOP' };

describe.each(lanePairs)("the vendor's client of %s, answered by a server of %s", (from, to) => {
  it.each([true, false])('does a task of two calls at once; streaming: %s', async (stream) => {
    const { url, tape } = await translated(twoCalls, to);
    const done = await clients[from](url, stream);
    expect(done).toMatchObject({
      text: 'I look.',
      calls: [{ command: 'ls' }, { command: "echo 'ö'" }],
      stop: stops[from],
      model: 'alias',
      last: 'Done.',
    });
    const { usage, protocol } = await tape.seen(({ step }) => step === 0);
    expect(protocol).toBe(to === 'generate-content' ? 'gemini' : to);
    const sent = (usage?.input ?? 0) + (usage?.cacheRead ?? 0) + (usage?.cacheWrite ?? 0);
    expect([done.input, done.output]).toEqual([from === 'messages' ? usage?.input : sent, usage?.output]);
  });

  it.each([
    'cut-before-end',
    'cut-in-call',
    'drop-in-stream',
    'error-event',
    'malformed-line',
    'html',
    'empty-stream',
    'rate-limit',
    'overloaded',
  ])('hears of an upstream that fails: %s', async (fault) => {
    const { url } = await translated(
      `{ steps: [{ run: "echo ${'words '.repeat(20)}" }, { say: Done. }], faults: [{ fault: ${fault} }] }`,
      to,
    );
    await expect(clients[from](url, true)).rejects.toThrow(/\w/);
  });
});
