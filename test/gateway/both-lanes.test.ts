import { afterEach, describe, expect, it } from 'vitest';
import { lanePairs } from '../../kit/gateway/index.ts';
import type { Protocol } from '../../src/core/gateway/config/protocol.ts';
import { memoryTape, type MemoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { clients } from './clients.ts';
import { modelAt, serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function twin(scenario: string): Promise<{ readonly url: string; readonly tape: MemoryTape }> {
  const tape = memoryTape();
  const started = await startModelTwin({ scenario: readScenario(scenario, 'test'), port: 0, tape, replay: null });
  open.push(started);
  return { url: started.url, tape };
}

async function inFrontOf(...[providers, more]: Parameters<typeof serve>): Promise<Served> {
  const served = await serve(providers, { slots: { alias: 'strong' }, ...more });
  open.push(served);
  return served;
}

const twoCalls = `
steps:
  - think: Two commands.
    say: I look.
    together: [{ run: ls }, { run: "echo 'ö'" }]
  - say: Done.
`;
const done = { text: 'I look.', calls: [{ command: 'ls' }, { command: "echo 'ö'" }], last: 'Done.', model: 'alias' };

describe.each(lanePairs)("the vendor's client of %s, where only %s is spoken", (from, to) => {
  it.each([true, false])('does a task by translation; streaming: %s', async (stream) => {
    const { url, tape } = await twin(twoCalls);
    const served = await inFrontOf({ house: { base: url, protocols: [to] } });
    expect(await clients[from](served.keyed, stream)).toMatchObject(done);
    const { usage } = await tape.seen(({ step }) => step === 0);
    const [call] = served.calls;
    expect(call).toMatchObject({ ended: 'whole', tries: [{ lane: 'translate', outcome: 'content' }], estimated: false });
    expect((call?.usage.output ?? 0) + (call?.usage.reasoning ?? 0)).toBe(usage?.output);
  });
});

describe('a model at two providers', () => {
  const sick = '{ steps: [{ say: Never. }], faults: [{ fault: overloaded, times: forever, of: all }] }';

  it.each<Protocol>(['messages', 'responses', 'chat', 'generate-content'])(
    'is asked where %s is spoken first, whatever its place, and by translation when that fails',
    async (from) => {
      const other: Protocol = from === 'chat' ? 'messages' : 'chat';
      const [well, ill] = await Promise.all([twin(twoCalls), twin(sick)]);
      const served = await inFrontOf({
        translated: { base: well.url, protocols: [other] },
        native: { base: ill.url, protocols: [from] },
      });
      expect(await clients[from](served.keyed, true)).toMatchObject({ text: 'I look.', last: 'Done.' });
      expect(served.calls[0]?.tries.map(({ at, lane, outcome }) => [at, lane, outcome])).toEqual([
        ['native/twin', 'pass-through', expect.stringMatching(/^refused 5\d\d$/)],
        ['translated/twin', 'translate', 'content'],
      ]);
    },
  );

  it('hears in its own words of a request that no other API can say, and nobody is asked', async () => {
    const { url, tape } = await twin(twoCalls);
    const served = await inFrontOf({ house: { base: url, protocols: ['chat'] } });
    const body = { model: 'alias', input: 'Hello', previous_response_id: 'resp_1' };
    const response = await fetch(`${served.keyed}/v1/responses`, { method: 'POST', body: JSON.stringify(body) });
    expect([response.status, tape.entries().length]).toEqual([400, 0]);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringContaining('previous_response_id') },
    });
  });

  it('takes a request that only one of them can be told to that one', async () => {
    const { url } = await twin('{ steps: [{ say: Here. }] }');
    const models = { weak: modelAt(['chat/twin']), strong: modelAt(['responses/twin']) };
    const served = await inFrontOf(
      { chat: { base: url, protocols: ['chat'] }, responses: { base: url, protocols: ['responses'] } },
      { models, plans: { both: ['weak', 'strong'] }, slots: { alias: 'both' } },
    );
    const body = { model: 'alias', input: 'Hello', previous_response_id: 'resp_1' };
    const response = await fetch(`${served.keyed}/v1/responses`, { method: 'POST', body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    expect(served.calls[0]?.tries.map(({ at }) => at)).toEqual(['responses/twin']);
  });
});

it('hands thinking back byte for byte to whoever made it', async () => {
  const { url, tape } = await twin(twoCalls);
  const served = await inFrontOf({ house: { base: url, protocols: ['messages'] } });
  const asked = { model: 'alias', max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 2000 } };
  const post = async (body: object): Promise<{ content: { type: string; signature?: string }[] }> => {
    const response = await fetch(`${served.keyed}/v1/messages`, { method: 'POST', body: JSON.stringify(body) });
    return (await response.json()) as { content: { type: string; signature?: string }[] }; // a message
  };
  const user = { role: 'user', content: 'Do it.' };
  const first = await post({ ...asked, messages: [user], tools: [{ name: 'Bash', input_schema: { type: 'object' } }] });
  const [thinking] = first.content;
  expect(thinking?.type).toBe('thinking');
  await post({ ...asked, messages: [user, { role: 'assistant', content: first.content }, user] });
  expect(JSON.stringify(tape.entries()[1]?.body)).toContain(JSON.stringify(thinking));
});
