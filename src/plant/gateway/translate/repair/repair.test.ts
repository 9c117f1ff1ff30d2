import { describe, expect, it } from 'vitest';
import { type LaneUpstream, laneUpstream, toldTo } from '../../../../../kit/gateway/index.ts';
import { type Protocol, type Tongue, translate, type Translation } from '../index.ts';

const asked = { model: 'alias', stream: false };
const send = (from: Protocol, to: Tongue, body: object, more: Partial<LaneUpstream> = {}): Translation =>
  translate({ from, to, body, asked, upstream: laneUpstream(more) });
const turns = (from: Protocol, to: Protocol, body: object): unknown => {
  const call = send(from, to, body);
  return call.kind === 'call' ? toldTo(to, JSON.parse(JSON.stringify(call.body))).turns : call.message;
};
const chat = (...messages: object[]): object => ({ model: 'a', messages: [{ role: 'user', content: 'Do.' }, ...messages] });
const call = (id: string, name = 'a'): object => ({ id, type: 'function', function: { name, arguments: '{}' } });
const result = (id: string, content = 'r'): object => ({ role: 'tool', tool_call_id: id, content });

describe('calls and results', () => {
  it('a result that comes late is put right behind its call', () => {
    const late = chat({ role: 'assistant', content: null, tool_calls: [call('x')] }, { role: 'user', content: 'Wait.' }, result('x'));
    expect(turns('chat', 'messages', late)).toEqual([
      ['user', ['text Do.']],
      ['assistant', ['call x a {}']],
      ['user', ['result x text r', 'text Wait.']],
    ]);
  });

  it('a call that was broken off has a result that says so, and that is told', () => {
    const open = chat({ role: 'assistant', content: null, tool_calls: [call('x'), call('y')] }, result('y'));
    expect(turns('chat', 'messages', open)).toEqual([
      ['user', ['text Do.']],
      ['assistant', ['call x a {}', 'call y a {}']],
      ['user', [expect.stringMatching(/^error x text \w/), 'result y text r']],
    ]);
    expect(send('chat', 'messages', open)).toMatchObject({ leftOut: [expect.stringContaining('x')] });
  });

  it('a result without a call is refused, as every API would', () => {
    expect(turns('chat', 'messages', chat(result('lost')))).toMatch(/lost belongs to no call/);
    expect(
      turns('generate-content', 'chat', { contents: [{ role: 'user', parts: [{ functionResponse: { name: 'a', response: {} } }] }] }),
    ).toMatch(/no call/);
  });

  it('ids that a server gave twice become two', () => {
    const twice = [
      { role: 'assistant', tool_calls: [call('call_0')] },
      result('call_0', 'one'),
      { role: 'assistant', tool_calls: [call('call_0')] },
      result('call_0', 'two'),
    ];
    expect(turns('chat', 'messages', chat(...twice))).toEqual([
      ['user', ['text Do.']],
      ['assistant', ['call call_0 a {}']],
      ['user', ['result call_0 text one']],
      ['assistant', ['call call_0_2 a {}']],
      ['user', ['result call_0_2 text two']],
    ]);
  });

  it('ids that the API does not take become fitting ones, the same for call and result, today and tomorrow', () => {
    const odd = `functions.run:0|${'x'.repeat(60)}`;
    const sent = turns('chat', 'messages', chat({ role: 'assistant', tool_calls: [call(odd)] }, result(odd))) as [string, string[]][]; // as toldTo gives them
    const [, id] = sent[1]?.[1][0]?.split(' ') ?? [];
    expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(sent[2]?.[1]).toEqual([`result ${id} text r`]);
    expect(turns('chat', 'messages', chat({ role: 'assistant', tool_calls: [call(odd)] }, result(odd)))).toEqual(sent);
  });

  it('calls without ids get them by their place, and results by the name of their call', () => {
    const parts = (name: string): object => ({ functionCall: { name, args: {} } });
    const back = (name: string, output: string): object => ({ functionResponse: { name, response: { output } } });
    const contents = [
      { role: 'user', parts: [{ text: 'Do.' }] },
      { role: 'model', parts: [parts('a'), parts('b'), parts('a')] },
      { role: 'user', parts: [back('a', 'first'), back('a', 'second'), back('b', 'other')] },
    ];
    expect(turns('generate-content', 'chat', { contents })).toEqual([
      ['user', ['text Do.']],
      ['assistant', ['call call_1_a a {}', 'call call_2_b b {}', 'call call_3_a a {}']],
      ['user', ['result call_1_a text first', 'result call_2_b text other', 'result call_3_a text second']],
    ]);
  });
});

describe('what an API cannot take', () => {
  it('empty texts and empty turns are not told', () => {
    const empty = chat({ role: 'assistant', content: '' }, { role: 'user', content: ' \n' }, { role: 'user', content: 'More.' });
    expect(turns('chat', 'messages', empty)).toEqual([['user', ['text Do.', 'text More.']]]);
  });

  it('neither do results have empty texts, and where an image was that the model does not see is said', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    const content = [{ type: 'text', text: '' }, image, { type: 'text', text: 'r' }];
    const messages = [
      { role: 'user', content: 'Do.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'x', name: 'a', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content }] },
    ];
    const sent = send('messages', 'responses', { model: 'a', messages }, { images: false });
    expect(sent).toMatchObject({
      body: { input: [{}, {}, { output: '[Here is image/png that you cannot be shown.]\nr' }] },
      leftOut: [expect.stringContaining('image/png')],
    });
  });

  it('what is all instruction is said by the user, for there must be something to answer', () => {
    const body = { model: 'a', messages: [{ role: 'system', content: 'Name this chat.' }] };
    for (const to of ['messages', 'generate-content'] as const)
      expect(turns('chat', to, body)).toEqual([['user', ['text Name this chat.']]]);
  });

  it('a conversation with calls names its tools, also where none is to be called', () => {
    const summary = chat({ role: 'assistant', tool_calls: [call('x')] }, result('x'), { role: 'user', content: 'Sum up.' });
    expect(send('chat', 'messages', summary)).toMatchObject({ body: { tools: [{ name: 'a' }], tool_choice: { type: 'none' } } });
  });

  it('arguments that are no object stay visible', () => {
    const broken = { id: 'x', type: 'function', function: { name: 'a', arguments: '{"cut' } };
    const body = chat({ role: 'assistant', tool_calls: [broken] }, result('x'));
    expect(turns('chat', 'generate-content', body)).toContainEqual(['assistant', ['call x a {"arguments":"{\\"cut"}']]);
    expect(turns('chat', 'responses', body)).toContainEqual(['assistant', ['call x a {"cut']]);
  });

  it('images are left out where the model sees none, and that is told', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.org/a.png' } };
    const body = { model: 'a', messages: [{ role: 'user', content: [{ type: 'text', text: 'See.' }, image] }] };
    expect(send('chat', 'messages', body, { images: false })).toMatchObject({
      kind: 'call',
      leftOut: [expect.stringContaining('image/png')],
    });
    expect(send('chat', 'messages', body)).toMatchObject({
      body: { messages: [{ content: [{}, { source: { type: 'url' } }] }] },
      leftOut: [],
    });
  });

  it.each([
    ['responses', { model: 'a', input: 'x', previous_response_id: 'resp_1' }],
    ['responses', { model: 'a', input: [{ type: 'item_reference', id: 'x' }] }],
    ['responses', { model: 'a', input: [{ type: 'compaction', encrypted_content: 'x' }] }],
    ['responses', { model: 'a', input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file_1' }] }] }],
    ['responses', { model: 'a', input: 'x', background: true }],
    ['responses', { model: 'a', input: 'x', conversation: 'conv_1' }],
    ['chat', { model: 'a', messages: [{ role: 'user', content: 'x' }], n: 2 }],
    ['chat', { model: 'a', messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] }],
    ['chat', { model: 'a', messages: [{ role: 'user', content: 'x' }], functions: [{ name: 'a' }] }],
    ['generate-content', { contents: [{ parts: [{ text: 'x' }] }], cachedContent: 'cachedContents/1' }],
    ['generate-content', { contents: [{ parts: [{ fileData: { fileUri: 'gs://bucket/a.png', mimeType: 'image/png' } }] }] }],
    ['generate-content', { contents: [{ parts: [{ inlineData: { data: 'AAAA', mimeType: 'audio/wav' } }] }] }],
    ['generate-content', { contents: [{ parts: [{ text: 'x' }] }], generationConfig: { responseModalities: ['AUDIO'] } }],
    ['chat', { model: 'a', messages: [{ role: 'user', content: 'x' }], modalities: ['audio'] }],
  ] as const)('what lies with a provider, or cannot be said, is refused with a sentence: %s %j', (from, body) => {
    expect(send(from, 'messages', body)).toMatchObject({ kind: 'refused', message: expect.stringMatching(/\w{3}.*\./) });
  });

  it('a source that lies with a provider is refused', () => {
    const image = { type: 'image', source: { type: 'file', file_id: 'file_1' } };
    expect(send('messages', 'chat', { model: 'a', messages: [{ role: 'user', content: [image] }] }).kind).toBe('refused');
    expect(send('messages', 'chat', { model: 'a', messages: [{ role: 'user', content: 'x' }], mcp_servers: [{}] }).kind).toBe('refused');
  });
});

describe('limits, chance and form', () => {
  const body = {
    model: 'a',
    max_tokens: 64_000,
    temperature: 0.5,
    top_k: 5,
    stop_sequences: ['END'],
    messages: [{ role: 'user', content: 'x' }],
  };

  it('a limit above what the model gives is lowered to it', () => {
    expect(send('messages', 'chat', body, { completionTokens: true })).toMatchObject({ body: { max_completion_tokens: 16_000 } });
    expect(send('messages', 'chat', body, { maxOutputTokens: null })).toMatchObject({ body: { max_tokens: 64_000 } });
  });

  it('a limit below the least of the API is raised to it, and that is told', () => {
    const probe = { model: 'a', max_tokens: 1, messages: [{ role: 'user', content: 'quota' }] };
    expect(send('messages', 'responses', probe)).toMatchObject({ body: { max_output_tokens: 16 }, leftOut: ['a limit below 16 tokens'] });
  });

  it.each<[Protocol, Protocol, object]>([
    ['messages', 'chat', { max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }],
    ['chat', 'responses', { messages: [{ role: 'user', content: 'x' }] }],
    ['responses', 'generate-content', { input: 'x' }],
    ['generate-content', 'messages', { contents: [{ role: 'user', parts: [{ text: 'x' }] }] }],
  ])('members of %s that nobody knows are named', (from, to, said) => {
    const future = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`future${at}`, { x: 1 }]));
    expect(send(from, to, { model: 'a', ...said })).toMatchObject({ leftOut: [] });
    const told = send(from, to, { model: 'a', ...said, ...future });
    expect(told.kind === 'call' && told.leftOut.slice(0, 2)).toEqual(['"future0"', '"future1"']);
    expect(told.kind === 'call' && told.leftOut.length).toBe(20);
  });

  it('what the other API cannot be told is named', () => {
    expect(send('messages', 'responses', body)).toMatchObject({ leftOut: ['topK'] });
    expect(send('messages', 'generate-content', body)).toMatchObject({
      body: { generationConfig: { temperature: 0.5, topK: 5, stopSequences: ['END'] } },
      leftOut: [],
    });
    expect(send('chat', 'messages', { model: 'a', temperature: 1.7, messages: [{ role: 'user', content: 'x' }] })).toMatchObject({
      body: { temperature: 1 },
    });
  });

  it('the form of the answer is kept', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const ask = { model: 'a', input: 'x', text: { format: { type: 'json_schema', name: 'n', schema, strict: true } } };
    expect(send('responses', 'messages', ask)).toMatchObject({ body: { output_config: { format: { type: 'json_schema', schema } } } });
    expect(send('responses', 'chat', ask)).toMatchObject({
      body: { response_format: { json_schema: { name: 'n', schema, strict: true } } },
    });
    expect(send('responses', 'generate-content', ask)).toMatchObject({
      body: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema } },
    });
  });

  it.each<[Protocol, object]>([
    ['chat', { messages: [{ role: 'user', content: 'x' }], response_format: { type: 'json_object' } }],
    ['responses', { input: 'x', text: { format: { type: 'json_object' } } }],
    ['generate-content', { contents: [{ parts: [{ text: 'x' }] }], generationConfig: { responseMimeType: 'application/json' } }],
  ])('JSON without a schema is asked for in words where the API has no member for it: %s', (from, ask) => {
    const line = expect.stringContaining('one JSON value');
    const leftOut = [expect.stringContaining('JSON without a schema')];
    expect(send(from, 'messages', { model: 'a', ...ask })).toMatchObject({ body: { system: [{ text: line }] }, leftOut });
    const prompt = [{ role: 'system', content: line }, { role: 'user' }];
    expect(send(from, 'sdk', { model: 'a', ...ask }, { model: 'claude-sonnet-4' })).toMatchObject({ body: { prompt }, leftOut });
    for (const model of ['gemini-3-pro', 'openai/gpt-5'])
      expect(send(from, 'sdk', { model: 'a', ...ask }, { model })).toMatchObject({ body: { prompt: [{ role: 'user' }] }, leftOut: [] });
    const other = from === 'chat' ? 'responses' : 'chat';
    expect(send(from, other, { model: 'a', ...ask })).toMatchObject({ leftOut: [] });
    expect(JSON.stringify(send(from, other, { model: 'a', ...ask }))).not.toContain('one JSON value');
  });

  it('a session is told by its key where a provider knows one', () => {
    expect(send('messages', 'responses', body, { cacheKey: 's1' })).toMatchObject({ body: { prompt_cache_key: 's1', store: false } });
  });
});

describe('thinking, for a server of Messages', () => {
  const ask = (effort: string, more: object = {}): object => ({
    model: 'a',
    reasoning_effort: effort,
    messages: [{ role: 'user', content: 'x' }],
    ...more,
  });
  const tools = [{ type: 'function', function: { name: 'a' } }];

  it('is told by a budget below the limit, or by an effort, as the model takes it', () => {
    expect(send('chat', 'messages', ask('high', { max_tokens: 8_000 }), { thinking: 'budget' })).toMatchObject({
      body: { max_tokens: 8_000, thinking: { type: 'enabled', budget_tokens: 7_999 } },
    });
    expect(send('chat', 'messages', ask('xhigh'))).toMatchObject({
      body: { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
    });
    expect(send('chat', 'messages', ask('none'))).toMatchObject({ body: { thinking: { type: 'disabled' } } });
    expect(JSON.stringify(send('chat', 'messages', ask('high'), { thinking: 'none' }))).not.toContain('"thinking"');
  });

  it('is not asked for where the API would refuse it, and that is told', () => {
    const forced = send('chat', 'messages', ask('high', { tools, tool_choice: 'required' }));
    expect(forced).toMatchObject({ body: { thinking: { type: 'disabled' } }, leftOut: [expect.stringContaining('thinking')] });
    const loop = { messages: [{ role: 'user', content: 'x' }, { role: 'assistant', tool_calls: [call('x')] }, result('x')], tools };
    expect(send('chat', 'messages', ask('high', loop), { thinking: 'budget' })).toMatchObject({ body: { thinking: { type: 'disabled' } } });
    expect(send('chat', 'messages', ask('high', { max_tokens: 500 }), { thinking: 'budget' })).toMatchObject({
      body: { thinking: { type: 'disabled' } },
    });
  });

  it('goes without settings of chance', () => {
    const thinking = send('chat', 'messages', ask('high', { temperature: 0.2 }));
    expect(thinking).toMatchObject({ leftOut: [expect.stringContaining('chance')] });
    expect(JSON.stringify(thinking)).not.toContain('"temperature"');
  });
});

describe('a call of another model, for a server of Gemini', () => {
  const body = chat({ role: 'assistant', tool_calls: [call('x'), call('y')] }, result('x'), result('y'));
  const signatures = (model: string): unknown => {
    const sent = send('chat', 'generate-content', body, { model });
    const contents = (sent.kind === 'call' ? sent.body['contents'] : []) as { parts: { thoughtSignature?: string }[] }[]; // as written for the upstream
    return contents[1]?.parts.map(({ thoughtSignature }) => thoughtSignature);
  };

  it('has the word in place of a signature that newer models want, on the first of several', () => {
    expect(signatures('gemini-3-pro-preview')).toEqual(['skip_thought_signature_validator', undefined]);
    expect(signatures('gemini-2.5-pro')).toEqual([undefined, undefined]);
  });
});
