import { afterEach, describe, expect, it } from 'vitest';
import { http, message, messageEnd, messageStart, rawUpstream, type RawUpstream, streamHead, textOf } from './raw-upstream.ts';
import { modelAt, providerKey, serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const chatAnswer = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'twin',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Fine.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

/** A model that sees behind one that does not, each with a provider of its own that speaks Chat Completions. */
async function twoModels(
  settings: object = {},
): Promise<{ readonly served: Served; readonly blind: RawUpstream; readonly seeing: RawUpstream }> {
  const [blind, seeing] = await Promise.all([1, 2].map(() => rawUpstream((socket) => socket.write(http(200, chatAnswer)))));
  if (blind === undefined || seeing === undefined) throw new Error('not started');
  const served = await serve(
    { a: { base: blind.url, protocols: ['chat'] }, b: { base: seeing.url, protocols: ['chat'] } },
    {
      models: { small: modelAt(['a/small'], { capabilities: ['tools'] }), large: modelAt(['b/large']) },
      plans: { both: ['small', 'large'] },
      slots: { coder: 'both', blind: 'small' },
      ...settings,
    },
  );
  open.push(blind, seeing, served);
  return { served, blind, seeing };
}

function post(served: Served, path: string, body: string | object): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-api-key': served.token };
  return fetch(`${served.url}${path}`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

const ask = (served: Served, more: object): Promise<Response> => post(served, '/v1/messages', { model: 'coder', max_tokens: 100, ...more });
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo'.repeat(400) } };
const sentTo = (upstream: RawUpstream): unknown => JSON.parse(upstream.requests.at(-1)?.split('\r\n\r\n')[1] ?? 'null');

describe('a request with a picture', () => {
  it('is asked of the model of a plan that sees it, and what has none of the first one', async () => {
    const { served, blind, seeing } = await twoModels();
    expect((await ask(served, { messages: [{ role: 'user', content: [image] }] })).status).toBe(200);
    expect([blind.requests.length, seeing.requests.length]).toEqual([0, 1]);
    expect((await ask(served, { messages: [{ role: 'user', content: 'Hello' }] })).status).toBe(200);
    expect(blind.requests).toHaveLength(1);
  });

  it('goes there however small the picture is, and by its address alone', async () => {
    const { served, blind, seeing } = await twoModels();
    const sources = [
      { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo' },
      { type: 'url', url: 'https://pictures.example/a.png' },
    ];
    for (const source of sources)
      expect((await ask(served, { messages: [{ role: 'user', content: [{ type: 'image', source }] }] })).status).toBe(200);
    expect([blind.requests.length, seeing.requests.length]).toEqual([0, 2]);
  });

  it('tells a model that sees none where it was, and the record what was left out', async () => {
    const { served, blind } = await twoModels();
    const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: [image] };
    const messages = [
      { role: 'user', content: [image, { type: 'text', text: 'What is it?' }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }] },
      { role: 'user', content: [result] },
    ];
    expect((await ask(served, { model: 'blind', messages })).status).toBe(200);
    const told = '[Here is image/png that you cannot be shown.]';
    expect(sentTo(blind)).toMatchObject({
      messages: [
        { role: 'user', content: [{ text: told }, { text: 'What is it?' }] },
        { role: 'assistant' },
        { role: 'tool', content: told },
      ],
    });
    expect(served.calls[0]?.tries[0]?.leftOut).toEqual(['image/png: the model takes none']);
  });
});

describe('a request to be translated', () => {
  it.each([
    ['a tool', `"tools":[{"name":"t","input_schema":DEEP}],"messages":[{"role":"user","content":"Hello"}]`],
    ['a call', `"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"t","input":DEEP}]}]`],
  ])('that is nested beyond measure in %s is refused in words of its protocol, and the next one is answered', async (_, members) => {
    const { served, blind } = await twoModels();
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const response = await post(served, '/v1/messages', `{"model":"coder","max_tokens":9,${members.replace('DEEP', deep)}}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: expect.stringContaining('nested too deeply') } },
    ]);
    expect(blind.requests).toHaveLength(0);
    expect((await ask(served, { messages: [{ role: 'user', content: 'Hello' }] })).status).toBe(200);
  });

  it('that says nothing which the upstream could be told is refused, and not sent without it', async () => {
    const { served, blind } = await twoModels();
    const response = await ask(served, { messages: [{ role: 'user', content: [{ type: 'hologram', data: 'x' }] }] });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { message: expect.stringContaining('a block of type hologram') } },
    ]);
    expect(blind.requests).toHaveLength(0);
  });

  it.each(['generateContentRequest', 'generate_content_request'])(
    'counts the model of its upstream, where %s names it too',
    async (member) => {
      const upstream = await rawUpstream((socket) => socket.write(http(200, '{"totalTokens":7}')));
      const served = await serve({ a: { base: upstream.url, protocols: ['generate-content'] } });
      open.push(upstream, served);
      const body = `{ "${member}": {"contents": [{"parts": [{"text": "ö"}]}],  "model" : "models/coder"}, "x": 1 }`;
      const response = await post(served, '/v1beta/models/coder:countTokens', body);
      expect([response.status, await response.json()]).toEqual([200, { totalTokens: 7 }]);
      const [head = '', sent] = upstream.requests[0]?.split('\r\n\r\n') ?? [];
      expect(head).toMatch(/^POST \/v1beta\/models\/twin:countTokens /);
      expect(Buffer.from(sent ?? '', 'latin1').toString()).toBe(body.replace('models/coder', 'models/twin'));
    },
  );

  it('may have the names of Gemini with underlines, and those of its own tools stay', async () => {
    const { served, seeing } = await twoModels();
    const response = await post(served, '/v1beta/models/coder:generateContent', {
      system_instruction: { parts: [{ text: 'Be brief.' }] },
      contents: [{ role: 'user', parts: [{ text: 'Look' }, { inline_data: { mime_type: 'image/png', data: image.source.data } }] }],
      tools: [
        { function_declarations: [{ name: 'find_it', parameters: { type: 'OBJECT', properties: { its_name: { type: 'STRING' } } } }] },
      ],
      tool_config: { function_calling_config: { mode: 'ANY' } },
      generation_config: { max_output_tokens: 77 },
    });
    expect(response.status).toBe(200);
    expect(sentTo(seeing)).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ text: 'Look' }, { image_url: { url: expect.stringContaining('data:image/png;base64,') } }] },
      ],
      tools: [{ function: { name: 'find_it', parameters: { type: 'object', properties: { its_name: { type: 'string' } } } } }],
      tool_choice: 'required',
    });
  });
});

describe('an upstream that shows the key that it was asked with in an answer', () => {
  it.each([false, true])('shows it to nobody, streaming: %s', async (stream) => {
    const first = await rawUpstream((socket) => {
      if (stream) socket.end(streamHead + messageStart + textOf(`It is ${providerKey}.`) + messageEnd);
      else socket.write(http(200, message.replace('Fine.', `It is ${providerKey}.`)));
    });
    const served = await serve({ a: { base: first.url, protocols: ['messages'] } });
    open.push(first, served);
    const response = await ask(served, { stream, messages: [{ role: 'user', content: 'Hello' }] });
    const text = await response.text();
    expect([response.status, text]).toEqual([200, expect.stringContaining('It is [redacted:provider-key].')]);
    expect(text).not.toContain(providerKey);
  });
});

describe('an upstream that shows its key escaped', () => {
  const env = { PROVIDER_KEY: 'Pk/aB+cd=efGH/secretkey0=' };
  const escaped = env.PROVIDER_KEY.replaceAll('/', '\\/').replaceAll('=', '\\u003d');
  const inFull = [...env.PROVIDER_KEY].map((sign) => `\\u00${sign.charCodeAt(0).toString(16)}`).join('');

  it.each([escaped, inFull])('in an error shows it to nobody', async (form) => {
    const wrong = `{"type":"error","error":{"type":"invalid_request_error","message":"bad key ${form} given"}}`;
    const head = { 'request-id': Buffer.from(`:${env.PROVIDER_KEY}`).toString('base64') };
    const first = await rawUpstream((socket) => socket.write(http(400, wrong, head)));
    const served = await serve({ a: { base: first.url, protocols: ['messages'] } }, { env });
    open.push(first, served);
    const response = await ask(served, { messages: [{ role: 'user', content: 'Hello' }] });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { message: 'bad key [redacted:provider-key] given' } }]);
    expect(served.calls[0]?.tries[0]?.words).toBe('bad key [redacted:provider-key] given');
  });

  it('in an answer, or in the head of one, shows it to nobody', async () => {
    const head = { 'request-id': encodeURIComponent(env.PROVIDER_KEY) };
    const first = await rawUpstream((socket) => socket.write(http(200, message.replace('Fine.', `It is ${escaped}.`), head)));
    const served = await serve({ a: { base: first.url, protocols: ['messages'] } }, { env });
    open.push(first, served);
    const response = await ask(served, { messages: [{ role: 'user', content: 'Hello' }] });
    expect([response.headers.get('request-id'), await response.text()]).toEqual([
      null,
      message.replace('Fine.', 'It is [redacted:provider-key].'),
    ]);
  });

  it('has no key where it is told a word that servers without keys take', async () => {
    const said = message.replace('Fine.', 'The list is EMPTY now.');
    const first = await rawUpstream((socket) => socket.write(http(200, said)));
    const served = await serve({ a: { base: first.url, protocols: ['messages'] } }, { env: { PROVIDER_KEY: 'EMPTY' } });
    open.push(first, served);
    expect(await (await ask(served, { messages: [{ role: 'user', content: 'Hello' }] })).text()).toBe(said);
  });
});

describe('an upstream', () => {
  it.each([401, 403, 404])(
    'that refuses with %i is no reason to ask again, for the first caller nor for those after him',
    async (status) => {
      const first = await rawUpstream((socket) => socket.write(http(status, '{}')));
      const served = await serve({ a: { base: first.url, protocols: ['messages'] } });
      open.push(first, served);
      const hello = { messages: [{ role: 'user', content: 'Hello' }] };
      const [before, after] = [await ask(served, hello), await ask(served, hello)];
      const told = [before, after].map(({ headers }) => [headers.get('x-should-retry'), headers.get('retry-after')]);
      expect(told).toEqual([
        ['false', null],
        ['false', null],
      ]);
      expect([after.status, await after.text(), first.requests.length]).toEqual([403, expect.stringContaining('Its owner has to mend'), 1]);
    },
  );

  it('that streams where one piece was asked for is left for another one', async () => {
    const first = await rawUpstream((socket) => socket.end(streamHead + messageStart + textOf('Fine.') + messageEnd));
    const second = await rawUpstream((socket) => socket.write(http(200, message)));
    const providers = { a: { base: first.url, protocols: ['messages'] }, b: { base: second.url, protocols: ['messages'] } };
    const served = await serve(providers);
    open.push(first, second, served);
    const response = await ask(served, { messages: [{ role: 'user', content: 'Hello' }] });
    expect([response.status, await response.json()]).toEqual([200, JSON.parse(message)]);
    expect(served.calls[0]?.tries.map(({ outcome }) => outcome)).toEqual(['garbled', 'content']);
  });
});

describe('an upstream that never comes to its answer', () => {
  it('is left for another one where it only says that it is at work', async () => {
    const pings: NodeJS.Timeout[] = [];
    const first = await rawUpstream((socket) => {
      socket.write(streamHead + messageStart);
      pings.push(setInterval(() => socket.write('event: ping\ndata: {"type":"ping"}\n\n'), 20));
      socket.on('close', () => pings.forEach(clearInterval));
    });
    const second = await rawUpstream((socket) => socket.end(streamHead + messageStart + textOf('Fine.') + messageEnd));
    const providers = { a: { base: first.url, protocols: ['messages'] }, b: { base: second.url, protocols: ['messages'] } };
    const served = await serve(providers, {}, { deadlines: { wholeMs: 300, silenceMs: 5_000 } });
    open.push(first, second, served);
    const response = await ask(served, { stream: true, messages: [{ role: 'user', content: 'Hello' }] });
    expect([response.status, await response.text()]).toEqual([200, messageStart + textOf('Fine.') + messageEnd]);
    expect(served.calls[0]?.tries.map(({ outcome }) => outcome)).toEqual(['silent', 'content']);
  });

  it('is told to others where it sends one line without end, and they are answered meanwhile', async () => {
    const first = await rawUpstream((socket) => {
      const line = Buffer.alloc(2 ** 16, 'x');
      socket.on('error', () => undefined);
      socket.write(`${streamHead}data: {"type":"`);
      const more = (): void => {
        while (socket.writable && socket.write(line));
      };
      socket.on('drain', more);
      more();
    });
    const second = await rawUpstream((socket) => socket.write(http(200, message)));
    const providers = { a: { base: first.url, protocols: ['messages'] }, b: { base: second.url, protocols: ['messages'] } };
    const models = { strong: modelAt(['a/twin']), weak: modelAt(['b/twin']) };
    const served = await serve(providers, { models, slots: { coder: 'strong', other: 'weak' } });
    open.push(first, second, served);
    const endless = ask(served, { stream: true, messages: [{ role: 'user', content: 'Hello' }] });
    const others = await Promise.all([1, 2, 3].map(() => ask(served, { model: 'other', messages: [{ role: 'user', content: 'Hello' }] })));
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await endless).status).toBeGreaterThanOrEqual(500);
    expect(served.calls.at(-1)?.tries[0]?.outcome).toBe('garbled');
  });
});
