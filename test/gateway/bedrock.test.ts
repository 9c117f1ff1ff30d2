import { afterEach, describe, expect, it } from 'vitest';
import { type Bedrock, type BedrockAnswer, laneProtocols, startBedrock, story, storyRequests } from '../../kit/gateway/index.ts';
import { modelAt, providerKey, serve, type Served } from './served.ts';
import { toldToBedrock } from './told-to-bedrock.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const claude = 'eu.anthropic.claude-sonnet-4-20250514-v1:0';
const fine: BedrockAnswer = { kind: 'answer', blocks: [{ text: 'Fine.' }], stop: 'end_turn' };
const paths = {
  messages: '/v1/messages',
  responses: '/v1/responses',
  chat: '/v1/chat/completions',
  'generate-content': '/v1beta/models/alias:generateContent',
};

interface Setting {
  readonly provider?: object;
  readonly others?: Readonly<Record<string, { readonly [setting: string]: unknown }>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly deadlines?: object;
}

async function inFrontOf(answers: readonly BedrockAnswer[], { provider = {}, others = {}, env = {}, deadlines = {} }: Setting = {}) {
  const double = await startBedrock(answers);
  open.push(double);
  const aws = { package: '@ai-sdk/amazon-bedrock', options: { region: 'eu-central-1', baseURL: double.url }, ...provider };
  const models = { strong: modelAt([`aws/${claude}`, ...Object.keys(others).map((name) => `${name}/twin`)]) };
  const served = await serve({ aws, ...others }, { models, slots: { alias: 'strong' }, env }, { deadlines });
  open.push(served);
  return { double, served };
}

async function ask(served: Served, body: object = {}, path: string = paths.messages): Promise<Response> {
  const asked = { model: 'alias', max_tokens: 4000, messages: [{ role: 'user', content: 'Do it.' }], ...body };
  return fetch(`${served.keyed}${path}`, { method: 'POST', body: JSON.stringify(asked) });
}

const never = new Promise<void>(() => undefined);
const headersOf = (double: Bedrock) => double.requests[0]?.headers ?? {};

describe.each(laneProtocols)('Bedrock, asked by a caller of %s', (from) => {
  it('is told all that was said, and where its cache may end', async () => {
    const { double, served } = await inFrontOf([fine]);
    const body = JSON.stringify({ ...storyRequests[from], ...(from !== 'generate-content' && { stream: false }) });
    const response = await fetch(`${served.keyed}${paths[from]}`, { method: 'POST', body });
    expect([response.status, double.requests[0]?.path]).toEqual([200, `/model/${claude}/converse`]);
    const { system, turns, tools } = toldToBedrock(double.requests[0]?.body);
    expect([system, tools]).toEqual([
      [`text ${story.system}`, 'mark'],
      ['read_file', 'view'],
    ]);
    const calls = [story.read, story.view].map(({ id, name, input }) => `call ${id} ${name} ${JSON.stringify(input)}`);
    expect(turns.slice(0, 2)).toEqual([
      ['user', [`text ${story.task}`, `image ${story.image}`]],
      ['assistant', [`text ${story.said}`, ...calls]],
    ]);
    const error = from === 'messages' || from === 'generate-content' ? 'Error: ' : '';
    const [role, said = []] = turns[2] ?? [];
    expect([role, said[0], said.at(-1)]).toEqual(['user', `result ${story.read.id} text ${error}${story.read.result}`, 'mark']);
    const image = from === 'chat' ? '' : ` image ${story.image}`;
    expect(said[1]).toBe(`result ${story.view.id} text ${story.view.result}${image}`);
    expect(said).toContain(`text ${story.more}`);
    expect(JSON.stringify(turns)).not.toMatch(/A thought of another model|c2lnbmVk/);
  });
});

describe('thoughts of Bedrock', () => {
  const user = { role: 'user', content: 'Do it.' };
  const tools = [{ name: 'Bash', input_schema: { type: 'object' } }];
  const call = { call: { id: 'call_one', name: 'Bash', input: { command: 'ls' } } };
  const thinking: BedrockAnswer = {
    kind: 'answer',
    blocks: [{ thought: ' Two files.\n', signature: 'c2lnbmVk' }, { redacted: 'cmVkYWN0ZWQ=' }, call],
    stop: 'tool_use',
  };

  it.each([true, false])('go back byte for byte, redacted ones too; streaming: %s', async (stream) => {
    const { double, served } = await inFrontOf([thinking, fine]);
    const asked = { stream, tools, thinking: { type: 'enabled', budget_tokens: 2000 } };
    const first = await ask(served, { ...asked, messages: [user] });
    const content = stream ? blocksIn(await first.text()) : ((await first.json()) as { content: object[] }).content; // a message
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_one', content: 'r' }] };
    const second = await ask(served, { ...asked, messages: [user, { role: 'assistant', content }, result] });
    expect(second.status).toBe(200);
    const { turns } = toldToBedrock(double.requests[1]?.body);
    expect(turns[1]?.[1]).toEqual([
      `thought ${JSON.stringify({ reasoningText: { text: ' Two files.\n', signature: 'c2lnbmVk' } })}`,
      `thought ${JSON.stringify({ redactedContent: 'cmVkYWN0ZWQ=' })}`,
      `call call_one Bash {"command":"ls"}`,
    ]);
  });

  it('are asked for within the limit of the caller', async () => {
    const { double, served } = await inFrontOf([fine]);
    await ask(served, { thinking: { type: 'enabled', budget_tokens: 2000 } });
    expect(double.requests[0]?.body).toMatchObject({
      inferenceConfig: { maxTokens: 4000 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } },
    });
  });
});

/** The blocks of a streamed message, as a client puts them together. */
function blocksIn(stream: string): readonly object[] {
  const blocks: Record<string, unknown>[] = [];
  for (const line of stream.split('\n').filter((one) => one.startsWith('data: '))) {
    const {
      type,
      index = 0,
      content_block: block,
      delta,
    } = JSON.parse(line.slice(6)) as {
      type: string;
      index?: number;
      content_block?: Record<string, unknown>;
      delta?: Record<string, string>;
    }; // an event of the API
    const at = blocks[index];
    if (type === 'content_block_start' && block !== undefined) blocks[index] = { ...block, json: '' };
    if (type !== 'content_block_delta' || at === undefined) continue;
    for (const [name, more] of Object.entries(delta ?? {})) {
      const own = name === 'partial_json' ? 'json' : name;
      if (name !== 'type') at[own] = `${String(at[own] ?? '')}${more}`;
    }
  }
  return blocks.map(({ json, ...block }) =>
    block['type'] === 'tool_use' ? { ...block, input: JSON.parse(String(json)) as unknown } : block,
  );
}

describe('the login at Bedrock', () => {
  it('is a bearer with the key of the provider', async () => {
    const { double, served } = await inFrontOf([fine]);
    expect((await ask(served)).status).toBe(200);
    expect(headersOf(double).authorization).toBe(`Bearer ${providerKey}`);
  });

  it('is a signature where access key, secret and session token are named, none of which is on record', async () => {
    const secrets = { accessKeyId: 'env:AK', secretAccessKey: 'env:SK', sessionToken: 'env:ST' };
    const env = { AK: 'AKIDEXAMPLE000000001', SK: 'secret-access-key-of-the-test-0001', ST: 'session-token-of-the-test-0001' };
    const { double, served } = await inFrontOf([fine], { provider: { key: undefined, secrets }, env });
    expect((await ask(served)).status).toBe(200);
    expect(headersOf(double)).toMatchObject({
      authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE000000001\/\d{8}\/eu-central-1\/bedrock\/aws4_request/),
      'x-amz-security-token': env.ST,
    });
    expect(JSON.stringify(served.calls)).not.toMatch(/of-the-test-0001|AKIDEXAMPLE/);
  });

  it('that is not accepted is told, with no key in what is told', async () => {
    const body = JSON.stringify({ message: `The security token ${providerKey} is invalid.` });
    const { served } = await inFrontOf([{ kind: 'other', status: 403, body }]);
    const response = await ask(served);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('aws has cut us off (it answered 403)')]);
    expect(JSON.stringify(served.calls)).not.toContain(providerKey);
  });
});

describe('what goes wrong at Bedrock', () => {
  const long = { text: 'words '.repeat(40) };
  const answer = { kind: 'answer', blocks: [long, long], stop: 'end_turn' } as const;
  const other = (status: number, message: string, headers = {}): BedrockAnswer => ({
    kind: 'other',
    status,
    headers,
    body: JSON.stringify({ message }),
  });

  it.each<[string, BedrockAnswer, string, number, string]>([
    [
      'no room, and says when',
      other(429, 'Too many requests', { 'retry-after': '30' }),
      'refused 429',
      429,
      'takes no more requests for now',
    ],
    ['no model', other(404, 'The provided model identifier is invalid.'), 'refused 404', 404, 'does not have the model'],
    ['overload', other(503, 'Bedrock is unable to process your request.'), 'refused 503', 529, 'is overloaded'],
    ['a wrong request', other(400, 'The model returned: messages: roles must alternate'), 'refused 400', 400, 'roles must alternate'],
    ['too long a prompt', other(400, 'Input is too long for requested model.'), 'refused 400', 400, 'prompt is too long'],
    [
      'a page',
      { kind: 'other', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' },
      'garbled',
      529,
      'what is no answer',
    ],
    ['a page of an error', { kind: 'other', status: 502, body: '<html>Bad Gateway</html>' }, 'refused 502', 529, 'is overloaded'],
    ['an answer of another kind', { kind: 'other', status: 200, body: '{"completion":"Hi"}' }, 'garbled', 529, 'what is no answer'],
    ['nothing at all', { kind: 'other', status: 200, body: '' }, 'garbled', 529, 'what is no answer'],
  ])('is told to the caller, whole or streaming: %s', async (_, given, outcome, status, words) => {
    for (const stream of [false, true]) {
      const { served } = await inFrontOf([given]);
      const response = await ask(served, { stream });
      expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(words)]);
      expect(served.calls[0]?.tries[0]).toMatchObject({ outcome });
    }
  });

  const spoiled: readonly (readonly [string, Partial<Extract<BedrockAnswer, { kind: 'answer' }>>])[] = [
    ['an exception before content', { exception: { after: 1, type: 'throttlingException', message: 'Too many tokens.' } }],
    ['half a frame', { spoil: (bytes) => bytes.subarray(0, 60) }],
    ['a broken checksum', { spoil: (bytes) => Buffer.concat([bytes.subarray(0, 30), Buffer.from([255]), bytes.subarray(31)]) }],
    ['an exception of a new kind', { exception: { after: 1, type: 'modelNotReadyException', message: 'Not ready.' } }],
  ];

  it.each(spoiled)('before content another upstream answers in its place: %s', async (_, more) => {
    const second = await startBedrock([fine]);
    open.push(second);
    const others = { spare: { package: '@ai-sdk/amazon-bedrock', options: { region: 'us-east-1', baseURL: second.url } } };
    const { served } = await inFrontOf([{ ...answer, ...more }], { others });
    const response = await ask(served, { stream: true });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('Fine.')]);
    expect(served.calls[0]?.tries.map(({ at }) => at)).toEqual([`aws/${claude}`, 'spare/twin']);
  });

  it.each<[string, Partial<Extract<BedrockAnswer, { kind: 'answer' }>>]>([
    ['an exception', { exception: { after: 4, type: 'internalServerException', message: 'Sorry.' } }],
    ['a cut', { spoil: (bytes) => bytes.subarray(0, bytes.length - 500) }],
    ['a broken checksum', { spoil: (bytes) => Buffer.concat([bytes.subarray(0, -20), Buffer.from([255]), bytes.subarray(-19)]) }],
    ['silence', {}],
  ])('after content nobody else speaks, and the stream ends with an error: %s', async (what, more) => {
    const second = await startBedrock([fine]);
    open.push(second);
    const others = { spare: { package: '@ai-sdk/amazon-bedrock', options: { region: 'us-east-1', baseURL: second.url } } };
    let goOn: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (goOn = resolve));
    const deadlines = what === 'silence' ? { silenceMs: 300 } : {};
    const { served } = await inFrontOf([{ ...answer, ...more, pause: { after: 500, until } }], { others, deadlines });
    let stream = '';
    for await (const bytes of (await ask(served, { stream: true })).body ?? []) {
      stream += Buffer.from(bytes).toString();
      if (stream.includes('words') && what !== 'silence') goOn();
    }
    expect(stream).toContain('words');
    expect(stream).toMatch(/event: error\ndata: .*\n\n$/);
    expect(stream).not.toMatch(/message_stop|Fine\./);
    expect([served.calls[0]?.ended, second.requests.length]).toEqual(['broken-off', 0]);
    goOn();
  });

  it('silence before the first byte, and nobody there, send the request elsewhere', async () => {
    const second = await startBedrock([fine]);
    open.push(second);
    const others = {
      gone: { package: '@ai-sdk/amazon-bedrock', options: { region: 'us-east-1', baseURL: 'http://127.0.0.1:9' } },
      spare: { package: '@ai-sdk/amazon-bedrock', options: { region: 'us-east-1', baseURL: second.url } },
    };
    const { served } = await inFrontOf([], { others, deadlines: { firstByteMs: 200 } });
    expect((await ask(served, { stream: true })).status).toBe(200);
    expect(served.calls[0]?.tries.map(({ outcome }) => outcome)).toEqual(['silent', 'unreachable', 'content']);
  });

  it('a caller who leaves ends the call at Bedrock', async () => {
    const { double, served } = await inFrontOf([{ ...answer, pause: { after: 500, until: never } }]);
    const leaving = new AbortController();
    const body = { model: 'alias', max_tokens: 4000, stream: true, messages: [{ role: 'user', content: 'Do it.' }] };
    const response = await fetch(`${served.keyed}/v1/messages`, { method: 'POST', body: JSON.stringify(body), signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    await double.left;
    expect(double.requests).toHaveLength(1);
  });

  it('what the package leaves out is on record', async () => {
    const { served } = await inFrontOf([fine]);
    const body = JSON.stringify({ model: 'alias', seed: 7, messages: [{ role: 'user', content: 'Do it.' }] });
    for (const stream of [false, true])
      await (
        await fetch(`${served.keyed}/v1/chat/completions`, { method: 'POST', body: body.replace('"seed"', `"stream":${stream},"seed"`) })
      ).text();
    expect(served.calls.map(({ tries }) => tries[0]?.leftOut)).toEqual([['seed'], ['seed']]);
  });

  it('what the package cannot say is refused with its sentence, and nobody is asked', async () => {
    const { double, served } = await inFrontOf([fine]);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/tiff', data: 'AAAA' } };
    const response = await ask(served, { messages: [{ role: 'user', content: [image] }] });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('image/tiff')]);
    expect(double.requests).toEqual([]);
  });

  it('an address in a result is never looked up by the gateway', async () => {
    const { double, served } = await inFrontOf([fine]);
    const image = { type: 'image', source: { type: 'url', url: 'http://169.254.169.254/latest/meta-data' } };
    const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'call_one', name: 'look', input: {} }] };
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_one', content: [image] }] };
    const response = await ask(served, { messages: [{ role: 'user', content: 'Look.' }, call, result] });
    expect([response.status, await response.text(), double.requests]).toEqual([400, expect.stringContaining('send its content'), []]);
  });
});
