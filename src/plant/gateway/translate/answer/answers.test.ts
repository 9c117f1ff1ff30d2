import { describe, expect, it } from 'vitest';
import { heardStream, heardWhole, laneProtocols, laneUpstream, laneWorld } from '../../../../../kit/gateway/index.ts';
import { type Protocol, replyStream, replyWhole, type ReplyTerms, translate } from '../index.ts';

const asks: Readonly<Record<Protocol, object>> = {
  messages: { model: 'alias', max_tokens: 9, messages: [{ role: 'user', content: 'Do.' }] },
  responses: { model: 'alias', input: 'Do.' },
  chat: { model: 'alias', messages: [{ role: 'user', content: 'Do.' }] },
  'generate-content': { contents: [{ parts: [{ text: 'Do.' }] }] },
};
const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

function termsOf(from: Protocol, to: Protocol): ReplyTerms {
  const call = translate({ from, to, body: asks[from], asked: { model: 'alias', stream: true }, upstream: laneUpstream() });
  if (call.kind === 'refused') throw new Error(call.message);
  return call.reply;
}

function streamed(from: Protocol, to: Protocol, text: string): string {
  const stream = replyStream(termsOf(from, to), laneWorld());
  return `${stream.take(new TextEncoder().encode(text))}${stream.end()}`;
}

const chunk = (delta: object, finish: string | null = null): string =>
  data({ id: 'c', choices: [{ index: 0, delta, finish_reason: finish }] });
const callChunk = (index: number, text: string, head: object = {}): string =>
  chunk({ tool_calls: [{ index, ...head, function: { arguments: text, ...('id' in head && { name: `tool_${index}` }) } }] });

describe('calls whose chunks come interleaved', () => {
  const interleaved: Readonly<Record<'chat' | 'messages', string>> = {
    chat: [
      callChunk(0, '{"a"', { id: 'one' }),
      callChunk(1, '{"b"', { id: 'two' }),
      callChunk(0, ':1}'),
      callChunk(1, ':2}'),
      chunk({}, 'tool_calls'),
    ].join(''),
    messages: [
      { type: 'message_start', message: {} },
      ...['one', 'two'].map((id, index) => ({
        type: 'content_block_start',
        index,
        content_block: { type: 'tool_use', id, name: `tool_${index}` },
      })),
      ...['{"a"', '{"b"', ':1}', ':2}'].map((text, at) => ({ type: 'content_block_delta', index: at % 2, delta: { partial_json: text } })),
      ...[1, 0].map((index) => ({ type: 'content_block_stop', index })),
      { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
      { type: 'message_stop' },
    ]
      .map(data)
      .join(''),
  };
  const to = ['chat', 'messages'] as const;
  const pairs = laneProtocols.flatMap((from) => to.filter((one) => one !== from).map((one) => [from, one] as const));

  it.each(pairs)('come one after the other: to %s from %s', (from, one) => {
    expect(heardStream(from, streamed(from, one, interleaved[one])).parts).toEqual(['call one tool_0 {"a":1}', 'call two tool_1 {"b":2}']);
  });

  it('are told apart where a server counts every call as the first', () => {
    const same = [callChunk(0, '{}', { id: 'one' }), callChunk(0, '{"b":2}', { id: 'two' }), chunk({}, 'stop')].join('');
    expect(heardStream('messages', streamed('messages', 'chat', same))).toMatchObject({
      parts: ['call one tool_0 {}', 'call two tool_0 {"b":2}'],
      stop: 'tool_use',
    });
  });
});

describe('calls that a server neither counts nor names', () => {
  const part = (name: string | null, text: string): string =>
    chunk({ tool_calls: [{ id: '', function: { ...(name !== null && { name }), arguments: text } }] });
  const parts = (...chunks: readonly string[]): readonly string[] =>
    heardStream('messages', streamed('messages', 'chat', [...chunks, chunk({}, 'stop')].join(''))).parts.map((heard) =>
      heard.replace(/^call \S+ /, ''),
    );

  it.each(['tool_1', 'tool_2'])('are two where another one begins after a whole one: %s', (second) => {
    expect(parts(part('tool_1', '{"a":1}'), part(second, '{"b":2}'))).toEqual(['tool_1 {"a":1}', `${second} {"b":2}`]);
  });

  it('are one where its arguments come in pieces, with its name or without', () => {
    expect(parts(part('tool_1', ''), part(null, '{"a"'), part(null, ':1}'))).toEqual(['tool_1 {"a":1}']);
    expect(parts(part('tool_1', '{"a"'), part('tool_1', ':1}'), part('tool_1', ''))).toEqual(['tool_1 {"a":1}']);
  });
});

describe('events that do not fit together', () => {
  const events = (block: object, more: readonly object[] = []): string =>
    [
      { type: 'message_start', message: {} },
      { type: 'content_block_start', index: 0, content_block: block },
      ...more,
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      { type: 'message_stop' },
    ]
      .map(data)
      .join('');
  const heard = (text: string): ReturnType<typeof heardStream> => heardStream('chat', streamed('chat', 'messages', text));

  it('a call whose end was lost is not called, a text whose end was lost is one', () => {
    const call = { type: 'tool_use', id: 'one', name: 'a', input: {} };
    expect(heard(events(call))).toMatchObject({ stop: null, error: expect.stringMatching(/had no end/) });
    expect(heard(events({ type: 'text', text: 'Yes.' }))).toMatchObject({ parts: ['text Yes.'], stop: 'stop', error: null });
  });

  it('an answer whose last event was lost broke off, though it told why it ends', () => {
    const whole = events({ type: 'text', text: 'Yes.' });
    const lost = whole.slice(0, whole.lastIndexOf('data: '));
    expect(heard(lost)).toMatchObject({ stop: null, error: expect.stringMatching(/broke off/) });
  });

  it('more of what never began is a fault, and what a provider’s own tools did is passed over', () => {
    const lost = [{ type: 'content_block_delta', index: 7, delta: { type: 'text_delta', text: 'lost' } }];
    expect(heard(events({ type: 'text', text: 'Yes.' }, lost)).error).toMatch(/not at all/);
    const own = [
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } },
      { type: 'content_block_stop', index: 0 },
    ];
    expect(heard(events({ type: 'server_tool_use', id: 's', name: 'web_search' }, own))).toMatchObject({
      parts: [],
      stop: 'stop',
      error: null,
    });
  });
});

describe('arguments that a model leaves out or breaks', () => {
  const none = [callChunk(0, '', { id: 'one' }), chunk({}, 'tool_calls')].join('');
  const broken = [callChunk(0, '{"a": ,,', { id: 'one' }), chunk({}, 'tool_calls')].join('');
  const whole = (text: string): string =>
    JSON.stringify({
      choices: [{ message: { tool_calls: [{ id: 'one', function: { name: 'tool_0', arguments: text } }] }, finish_reason: 'tool_calls' }],
    });

  it.each(['messages', 'responses', 'generate-content'] as const)('none are an empty object: %s', (from) => {
    expect(heardStream(from, streamed(from, 'chat', none)).parts).toEqual(['call one tool_0 {}']);
    const reply = replyWhole(termsOf(from, 'chat'), whole(''), laneWorld());
    expect(heardWhole(from, reply.kind === 'answer' ? reply.body : reply).parts).toEqual(['call one tool_0 {}']);
  });

  it('broken ones stay as they are where they are text, and are never made up where they are an object', () => {
    for (const from of ['messages', 'responses'] as const)
      expect(heardStream(from, streamed(from, 'chat', broken)).parts).toEqual(['call one tool_0 {"a": ,,']);
    expect(heardStream('generate-content', streamed('generate-content', 'chat', broken))).toMatchObject({
      parts: [],
      stop: 'MALFORMED_FUNCTION_CALL',
    });
    expect(replyWhole(termsOf('messages', 'chat'), whole('{"a": ,,'), laneWorld())).toMatchObject({
      kind: 'fault',
      fault: { kind: 'server' },
    });
    expect(replyWhole(termsOf('generate-content', 'chat'), whole('{"a": ,,'), laneWorld())).toMatchObject({
      body: { candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }] },
    });
  });
});

describe('why an answer ended', () => {
  const message = { role: 'assistant', content: 'Some.' };
  const told: Readonly<Record<Protocol, (reason: string) => object>> = {
    messages: (reason) => ({ type: 'message', content: [{ type: 'text', text: 'Some.' }], stop_reason: reason, stop_sequence: 'END' }),
    responses: (reason) => ({
      status: reason === 'completed' ? reason : 'incomplete',
      incomplete_details: { reason },
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Some.' }] }],
    }),
    chat: (reason) => ({ choices: [{ message, finish_reason: reason }] }),
    'generate-content': (reason) => ({ candidates: [{ content: { parts: [{ text: 'Some.' }] }, finishReason: reason }] }),
  };

  it.each([
    ['messages', 'max_tokens', { responses: 'max_output_tokens', chat: 'length', 'generate-content': 'MAX_TOKENS' }],
    ['messages', 'model_context_window_exceeded', { responses: 'max_output_tokens', chat: 'length', 'generate-content': 'MAX_TOKENS' }],
    ['messages', 'refusal', { responses: 'content_filter', chat: 'content_filter', 'generate-content': 'SAFETY' }],
    ['messages', 'stop_sequence', { responses: 'completed', chat: 'stop', 'generate-content': 'STOP' }],
    ['messages', 'a reason of tomorrow', { responses: 'completed', chat: 'stop', 'generate-content': 'STOP' }],
    ['responses', 'max_output_tokens', { messages: 'max_tokens', chat: 'length', 'generate-content': 'MAX_TOKENS' }],
    ['responses', 'content_filter', { messages: 'refusal', chat: 'content_filter', 'generate-content': 'SAFETY' }],
    ['chat', 'length', { messages: 'max_tokens', responses: 'max_output_tokens', 'generate-content': 'MAX_TOKENS' }],
    ['chat', 'content_filter', { messages: 'refusal', responses: 'content_filter', 'generate-content': 'SAFETY' }],
    ['generate-content', 'MAX_TOKENS', { messages: 'max_tokens', responses: 'max_output_tokens', chat: 'length' }],
    ['generate-content', 'PROHIBITED_CONTENT', { messages: 'refusal', responses: 'content_filter', chat: 'content_filter' }],
  ] as const)('%s says %s', (to, reason, expected) => {
    for (const [from, stop] of Object.entries(expected) as [Protocol, string][]) {
      const reply = replyWhole(termsOf(from, to), JSON.stringify(told[to](reason)), laneWorld());
      expect([from, heardWhole(from, reply.kind === 'answer' ? reply.body : reply).stop]).toEqual([from, stop]);
    }
  });

  it('a prompt that is blocked, and words of refusal, are a refusal', () => {
    const blocked = replyWhole(termsOf('messages', 'generate-content'), '{"promptFeedback":{"blockReason":"SAFETY"}}', laneWorld());
    expect(blocked).toMatchObject({ body: { content: [], stop_reason: 'refusal' } });
    const refused = { status: 'completed', output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'I will not.' }] }] };
    expect(replyWhole(termsOf('messages', 'responses'), JSON.stringify(refused), laneWorld())).toMatchObject({
      body: { content: [{ text: 'I will not.' }], stop_reason: 'refusal' },
    });
  });

  it('a call that its own server could not read is a fault that may go better', () => {
    const text = JSON.stringify({ candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'call(' }] });
    expect(replyWhole(termsOf('messages', 'generate-content'), text, laneWorld())).toMatchObject({
      kind: 'fault',
      fault: { kind: 'server', status: 500 },
    });
  });
});

describe('thoughts that nobody asked for', () => {
  const thinking = [chunk({ reasoning_content: 'Hm.' }), chunk({ content: 'Yes.' }), chunk({}, 'stop')].join('');

  it('are kept from callers of Messages and Gemini who would not know them', () => {
    expect(heardStream('messages', streamed('messages', 'chat', thinking)).parts).toEqual(['text Yes.']);
    expect(heardStream('generate-content', streamed('generate-content', 'chat', thinking)).parts).toEqual(['text Yes.']);
    expect(heardStream('responses', streamed('responses', 'chat', thinking)).parts).toEqual(['thought Hm.', 'text Yes.']);
  });
});

describe('ids of calls', () => {
  it('are made up where a server gives none, and are never the same', () => {
    const part = { functionCall: { name: 'a', args: {} } };
    const text = data({ candidates: [{ content: { parts: [part, part] }, finishReason: 'STOP' }] });
    const ids = heardStream('chat', streamed('chat', 'generate-content', text)).parts.map((call) => call.split(' ')[1]);
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => id?.startsWith('call_'))).toBe(true);
  });
});

describe('while an answer is under way', () => {
  it('a ping comes only in the midst of a stream, and does not break it', () => {
    for (const from of ['messages', 'responses', 'generate-content'] as const) {
      const stream = replyStream(termsOf(from, 'chat'), laneWorld());
      const take = (text: string): string => stream.take(new TextEncoder().encode(text));
      expect(stream.ping()).toBe('');
      const out = [
        take(chunk({ content: 'Yes' })),
        stream.ping(),
        take(chunk({ content: '.' })),
        stream.ping(),
        take(chunk({}, 'stop')),
        stream.end(),
      ];
      expect([heardStream(from, out.join('')).parts, stream.ping()]).toEqual([['text Yes.'], '']);
    }
  });

  it('the gateway can end it for a reason of its own, once', () => {
    const stream = replyStream(termsOf('messages', 'chat'), laneWorld());
    const first = stream.take(new TextEncoder().encode(chunk({ content: 'Yes' })));
    const fault = { kind: 'timeout', status: 504, message: 'Silence for 60 s.', retryAfter: null } as const;
    const out = `${first}${stream.fail(fault)}${stream.fail(fault)}${stream.end()}`;
    expect(heardStream('messages', out)).toMatchObject({ error: 'Silence for 60 s.' });
    expect(out.split('event: error')).toHaveLength(2);
  });

  const line = 'x'.repeat(2 ** 13);
  it.each([
    ['no stream', '', line, /more than any answer/],
    ['lines that are no events', '', `<p>${line}</p>\n\n`, /more than any answer/],
    ['an event of a stream', `${chunk({ content: 'Yes.' })}data: "`, line, /no end/],
  ])('what has no end is not kept for ever: %s', (_, first, more, why) => {
    const stream = replyStream(termsOf('messages', 'chat'), laneWorld());
    const [begin, piece] = [first, more.repeat(2 ** 10)].map((text) => new TextEncoder().encode(text));
    const out = [begin, ...Array.from({ length: 9 }, () => piece)].map((bytes) => stream.take(bytes ?? new Uint8Array())).join('');
    expect(heardStream('messages', out).error).toMatch(why);
  });
});
