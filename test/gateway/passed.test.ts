import { afterEach, describe, expect, it } from 'vitest';
import { laneProtocols } from '../../kit/gateway/index.ts';
import { memoryTape, type MemoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { clients } from './clients.ts';
import { providerKey, serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function inFrontOf(scenario: string, protocols: readonly string[]): Promise<{ readonly served: Served; readonly tape: MemoryTape }> {
  const tape = memoryTape();
  const twin = await startModelTwin({ scenario: readScenario(scenario, 'test'), port: 0, tape, replay: null });
  const served = await serve({ house: { base: twin.url, protocols } }, { slots: { alias: 'strong' } });
  open.push(twin, served);
  return { served, tape };
}

const twoCalls = `
steps:
  - say: I look.
    together: [{ run: ls }, { run: "echo 'ö'" }]
  - say: Done.
`;

describe.each(laneProtocols)("the vendor's client of %s", (protocol) => {
  it.each([true, false])('does a task at an upstream of its own protocol; streaming: %s', async (stream) => {
    const { served, tape } = await inFrontOf(twoCalls, [protocol]);
    const done = await clients[protocol](served.keyed, stream);
    expect(done).toMatchObject({ text: 'I look.', calls: [{ command: 'ls' }, { command: "echo 'ö'" }], last: 'Done.' });
    const entry = await tape.seen(({ step }) => step === 0);
    expect(entry.model).toBe('twin');
    expect(entry.usage?.output).toBe(done.output);
    const [call] = served.calls;
    expect(call).toMatchObject({
      protocol,
      alias: 'alias',
      ended: 'whole',
      tries: [{ at: 'house/twin', lane: 'pass-through', outcome: 'content' }],
    });
    expect((call?.usage.output ?? 0) + (call?.usage.reasoning ?? 0)).toBe(done.output);
    expect(JSON.stringify(served.calls)).not.toContain(providerKey);
    expect(JSON.stringify(served.calls)).not.toContain(served.token);
  });
});

it('guesses the tokens of an answer that tells of none, and says that it does', async () => {
  const { served } = await inFrontOf('{ steps: [{ say: Some words that nobody counted. }] }', ['chat']);
  const body = { model: 'alias', stream: true, messages: [{ role: 'user', content: 'Hello' }] };
  const response = await fetch(`${served.keyed}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
  expect(await response.text()).toContain('[DONE]');
  await expect.poll(() => served.calls[0]).toMatchObject({ ended: 'whole', estimated: true });
  expect(served.calls[0]?.usage.output).toBeGreaterThan(5);
});
