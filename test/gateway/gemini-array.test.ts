import { afterEach, describe, expect, it } from 'vitest';
import { heardWhole, laneProtocols } from '../../kit/gateway/index.ts';
import { memoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { rawUpstream, streamHead } from './raw-upstream.ts';
import { serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function inFrontOf(url: string, protocol: string): Promise<Served> {
  const served = await serve({ house: { base: url, protocols: [protocol] } }, { slots: { alias: 'strong' } });
  open.push(served);
  return served;
}

async function twin(scenario: string): Promise<string> {
  const started = await startModelTwin({ scenario: readScenario(scenario, 'test'), port: 0, tape: memoryTape(), replay: null });
  open.push(started);
  return started.url;
}

const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Do it.' }] }] });
const ask = async ({ keyed }: Served, query: string): Promise<Response> =>
  fetch(`${keyed}/v1beta/models/alias:streamGenerateContent${query}`, { method: 'POST', body });

interface Chunk {
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly { readonly text?: string }[] };
    readonly finishReason?: string;
  }[];
  readonly error?: { readonly code: number; readonly message: string };
}
const textIn = (chunks: readonly Chunk[]): string =>
  chunks
    .flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    .map(({ text }) => text ?? '')
    .join('');

describe.each(laneProtocols)('a stream that is not asked for as events, from a server of %s', (protocol) => {
  it.each(['', '?alt=json'])('is one array of answers, as Gemini gives it: %j', async (query) => {
    const served = await inFrontOf(
      await twin('{ steps: [{ say: "Hello from here, in words enough for more than one chunk." }] }'),
      protocol,
    );
    const response = await ask(served, query);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^application\/json/)]);
    const chunks = (await response.json()) as readonly Chunk[]; // what the API gives
    expect(chunks.length).toBeGreaterThan(1);
    expect(textIn(chunks)).toBe('Hello from here, in words enough for more than one chunk.');
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP');
    expect(served.calls[0]).toMatchObject({ ended: 'whole', estimated: false });
  });

  it('ends with an error as its last element where it breaks off', async () => {
    const scenario = `{ steps: [{ say: "${'words '.repeat(60)}" }], faults: [{ fault: cut-before-end, times: forever, of: all }] }`;
    const served = await inFrontOf(await twin(scenario), protocol);
    const chunks = (await (await ask(served, '')).json()) as readonly Chunk[]; // what the API gives
    expect(textIn(chunks)).toContain('words');
    expect(chunks.at(-1)?.error?.message).toMatch(/\w/);
    expect(served.calls[0]?.ended).toBe('broken-off');
  });
});

it('hands the answers of Gemini on as they are, whatever stands between them', async () => {
  const [one, two] = ['{"candidates":[{"content":{"parts":[{"text":"a ] , b"}]}}],  "x":1}', '{"candidates":[{"finishReason":"STOP"}]}'];
  const upstream = await rawUpstream((socket) => void socket.end(`${streamHead}: hi\n\ndata: ${one}\r\n\r\ndata: ${two}\n\n`));
  open.push(upstream);
  const served = await inFrontOf(upstream.url, 'generate-content');
  expect(await (await ask(served, '')).text()).toBe(`[${one},\n${two}]`);
  expect(upstream.requests[0]).toMatch(/^POST \/v1beta\/models\/twin:streamGenerateContent\?alt=sse /);
});

it('refuses before content as everywhere, and its record can be read', async () => {
  const refusing = await inFrontOf(
    await twin('{ steps: [{ say: Never. }], faults: [{ fault: bad-request, times: forever, of: all }] }'),
    'chat',
  );
  const refused = await ask(refusing, '');
  expect([refused.status, ((await refused.json()) as Chunk).error?.code]).toEqual([400, 400]);
  const served = await inFrontOf(await twin('{ steps: [{ say: Hello there. }] }'), 'messages');
  const text = await (await ask(served, '')).text();
  const recorded = Buffer.concat((served.calls[0]?.answer.chunks ?? []).map(({ bytes }) => bytes)).toString();
  expect(recorded).toBe(text);
  expect(heardWhole('generate-content', (JSON.parse(text) as unknown[])[0]).error).toBeNull();
});
