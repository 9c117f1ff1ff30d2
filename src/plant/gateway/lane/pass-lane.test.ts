import { describe, expect, it } from 'vitest';
import { answerStreams, laneProtocols, wholeAnswers } from '../../../../kit/gateway/index.ts';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import type { Lane, LanePart } from './lane.ts';
import { passLane } from './pass-lane.ts';

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, more: object = {}): string => data({ id: 'c', choices: [{ index: 0, delta, finish_reason: null, ...more }] });
const call = (made: object): string => chunk({ tool_calls: [{ index: 0, id: 'a', ...made }] });
const gemini = (part: object, more: object = {}): string => data({ candidates: [{ content: { parts: [part] }, ...more }] });
const delta = (more: object): string => data({ type: 'content_block_delta', index: 0, delta: more });

/** What each API ends with, tokens told. */
const ends: Readonly<Record<Protocol, string>> = {
  chat: `${data({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: '3' } })}data: [DONE] \n\n`,
  messages:
    data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { input_tokens: 9, output_tokens: '3' } }) +
    data({ type: 'message_stop' }),
  responses: data({
    type: 'response.completed',
    response: { id: 7, status: 'completed', output: 'elsewhere', usage: { input_tokens: 9, output_tokens: '3' } },
  }),
  'generate-content': data({ candidates: [{ finishReason: 'STOP' }], usageMetadata: { promptTokenCount: 9, candidatesTokenCount: '3' } }),
};

function take(lane: Lane, text: string): LanePart {
  return lane.take(Buffer.from(text));
}

const item = (members: object): string => data({ type: 'response.output_item.done', output_index: 0, item: members });
/** Content in a form of its own, as some server writes it or may one day. */
const own: readonly (readonly [Protocol, string, string])[] = [
  ['chat', 'content as a list', chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] })],
  ['chat', 'content as a list of what nobody knows', chunk({ content: [{ type: 'hologram', shape: {} }] })],
  ['chat', 'content as a number', chunk({ content: 7 })],
  ['chat', 'arguments as an object', call({ function: { name: 'f', arguments: { a: 1 } } })],
  ['chat', 'the place of a call as a text', call({ index: '0', function: { name: 'f', arguments: '{}' } })],
  ['chat', 'a call whose name is none', call({ function: { name: { of: 'f' }, arguments: '{}' } })],
  ['chat', 'an id that is a number', data({ id: 5, choices: [{ delta: { content: 'Yes.' } }] })],
  ['chat', 'a thought as an object', chunk({ reasoning: { steps: ['Hm.'] } })],
  ['chat', 'choices that are no list', data({ id: 'c', choices: { 0: { delta: { content: 'Yes.' } } } })],
  ['messages', 'a place that is a text', data({ type: 'content_block_delta', index: '0', delta: { type: 'text_delta', text: 'Yes.' } })],
  ['messages', 'arguments as an object', delta({ type: 'input_json_delta', partial_json: { a: 1 } })],
  ['messages', 'text as a list', delta({ type: 'text_delta', text: [{ text: 'Yes.' }] })],
  ['messages', 'a block that nobody knows', data({ type: 'content_block_start', index: 0, content_block: { type: 'hologram', id: 5 } })],
  ['responses', 'an item that nobody knows', item({ type: 'hologram', name: { of: 'it' }, arguments: {} })],
  ['responses', 'arguments as an object', item({ type: 'function_call', call_id: 5, name: 'f', arguments: { a: 1 } })],
  ['responses', 'a text that is none', data({ type: 'response.output_text.delta', output_index: 0, delta: { text: 'Yes.' } })],
  ['responses', 'more of what nobody knows', data({ type: 'response.audio.delta', output_index: 0, delta: 'UklGRg==' })],
  ['generate-content', 'more of a call, without its name', gemini({ functionCall: { partialArgs: [{ jsonPath: '$.a' }] } })],
  ['generate-content', 'a part that is a text', data({ candidates: [{ content: { parts: ['Yes.'] } }] })],
  ['generate-content', 'a picture', gemini({ inlineData: { mimeType: 'image/png', data: 'AAAA' } })],
  ['generate-content', 'candidates that are no list', data({ candidates: { content: { parts: [] } } })],
];

describe.each(own)('in a stream of %s, %s', (protocol, _, event) => {
  it('goes on byte for byte as content, and the answer has its tokens and its end', () => {
    const lane = passLane(protocol);
    const first = take(lane, event);
    expect([first.piece, String(first.out)]).toEqual(['content', event]);
    const rest = take(lane, ends[protocol]);
    expect([String(rest.out), lane.end().piece]).toEqual([ends[protocol], 'end']);
    expect(lane.told()).toMatchObject({ fault: null, usage: { input: 9, output: 3 } });
  });

  it('is no end: what breaks off after it is cut', () => {
    const lane = passLane(protocol);
    take(lane, event);
    expect([lane.end().piece, lane.told().fault?.kind]).toEqual(['error', 'cut']);
  });
});

const empty: readonly (readonly [Protocol, string, string])[] = [
  ...laneProtocols.flatMap((protocol) => [
    [protocol, 'an event without data', 'data:\n\n'] as const,
    [protocol, 'a comment', ': at work\n\n'] as const,
  ]),
  ['chat', 'an event of no choice', data({ heartbeat: true })],
  ['chat', 'an error that is none', data({ error: false, choices: [{ delta: { content: '' } }] })],
  ['messages', 'an event that nobody knows', data({ type: 'heartbeat' })],
  ['messages', 'a beginning without tokens', data({ type: 'message_start', message: { id: 5, usage: 'later' } })],
  ['responses', 'an event that nobody knows', data({ type: 'keepalive', sequence_number: 1 })],
  [
    'responses',
    'a beginning that tells of itself in its own way',
    data({ type: 'response.created', response: { id: 5, output: {}, usage: [] } }),
  ],
  ['generate-content', 'tokens alone', data({ usageMetadata: { promptTokenCount: 9 }, responseId: 5 })],
];

it.each(empty)('in a stream of %s, %s is held back with the beginning, and refused by nobody', (protocol, _, event) => {
  const lane = passLane(protocol);
  const first = take(lane, event);
  expect([first.piece, String(first.out)]).toEqual(['preamble', event]);
  expect(take(lane, `${ends[protocol]}data: [DONE]\n\n`).piece).not.toBe('error');
  expect([lane.end().piece, lane.told().fault]).toEqual(['end', null]);
});

it.each([
  ['chat', data({ error: { message: 'Busy', code: 503 } }), 'overloaded'],
  ['chat', data({ error: 'Busy', choices: [] }), 'server'],
  ['messages', data({ type: 'error', error: { type: 'overloaded_error', message: 'Busy' } }), 'overloaded'],
  ['messages', data({ error: { type: 'overloaded_error', message: 'Busy' } }), 'overloaded'],
  ['messages', data({ type: 'error', message: 'Busy' }), 'server'],
  ['messages', data({ ok: false }), 'malformed'],
  ['responses', data({ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down' }), 'rate-limit'],
  ['responses', data({ type: 'response.failed', response: { output: 7, error: { code: 'server_error', message: 'Broken' } } }), 'server'],
  ['responses', data({ choices: [{ delta: { content: 'Yes.' } }] }), 'malformed'],
  ['generate-content', data({ error: { code: 503, message: 'Busy', status: 'UNAVAILABLE' } }), 'overloaded'],
  ...laneProtocols.flatMap((protocol) => [
    [protocol, 'data: <html>Bad gateway</html>\n\n', 'malformed'] as const,
    [protocol, data(null), 'malformed'] as const,
    [protocol, data([7]), 'malformed'] as const,
  ]),
] as const)('in a stream of %s, %s is a fault', (protocol, event, kind) => {
  const lane = passLane(protocol);
  expect([take(lane, event).piece, lane.told().fault?.kind]).toEqual(['error', kind]);
});

it('a stream of Messages without its last event is cut, though it told why it ends, and has its tokens', () => {
  const lane = passLane('messages');
  const said = delta({ type: 'text_delta', text: 'Yes.' }) + ends.messages.split('\n\n')[0] + '\n\n';
  expect(take(lane, said).piece).toBe('content');
  const last = lane.end();
  expect([last.piece, String(last.out)]).toEqual(['error', expect.stringMatching(/^event: error\ndata: .*broke off.*\n\n$/)]);
  expect(lane.told()).toMatchObject({ fault: { kind: 'cut' }, usage: { input: 9, output: 3 } });
});

it('what a server writes in its own way counts with its words where no tokens are told', () => {
  const lane = passLane('chat');
  take(lane, chunk({ content: [{ type: 'text', text: 'Twelve chars' }] }));
  take(lane, chunk({ content: [{ type: 'hologram', words: 'Twelve chars', image: `data:image/png;base64,${'A'.repeat(9000)}` }] }));
  expect(lane.told().usage).toBeNull();
  expect(lane.told().said).toBeGreaterThanOrEqual(24);
  expect(lane.told().said).toBeLessThan(60);
});

it('an answer that is nested too deeply to be written anew goes on', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const whole = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":${deep}}}}]}}]}`;
  expect(take(passLane('generate-content'), `data: ${whole}\n\n`)).toMatchObject({ piece: 'content' });
  expect(passLane('generate-content').whole(whole)).toEqual({ piece: 'end', out: whole });
});

describe('an answer in one piece', () => {
  const text = { type: 'text', text: 'Yes.' };
  it.each([
    ['chat', { ...wholeAnswers.chat, id: 5, error: null, choices: [{ message: { content: [text] }, finish_reason: 'stop' }] }],
    ['chat', { ...wholeAnswers.chat, choices: [{ message: { content: 7, tool_calls: {} }, finish_reason: 'stop' }] }],
    ['messages', { ...wholeAnswers.messages, content: [{ ...text, text: [7] }] }],
    ['messages', { ...wholeAnswers.messages, content: 'Yes.' }],
    ['messages', { ...wholeAnswers.messages, id: 5, stop_sequence: 7, content: [{ type: 'hologram', data: {} }] }],
    ['responses', { ...wholeAnswers.responses, output: ['Yes.'], incomplete_details: 'none' }],
    ['responses', { ...wholeAnswers.responses, output: [{ type: 'hologram', name: {} }] }],
    [
      'generate-content',
      { ...wholeAnswers['generate-content'], candidates: [{ content: { parts: [{ functionCall: {} }, 7] }, finishReason: 'STOP' }] },
    ],
  ] as const)('of %s is one in whatever form its content comes, and its tokens are read: %j', (protocol, body) => {
    const lane = passLane(protocol);
    const said = JSON.stringify(body);
    expect(lane.whole(said)).toEqual({ piece: 'end', out: said });
    const usual = passLane(protocol);
    usual.whole(JSON.stringify(wholeAnswers[protocol]));
    expect(lane.told()).toMatchObject({ fault: null, usage: usual.told().usage });
  });

  it.each(laneProtocols)('of %s that is none is a fault', (protocol) => {
    for (const body of [
      '{"ok":false}',
      '<html>',
      'null',
      '[]',
      '{"error":{"message":"Busy"}}',
      '{"content":{"a":1},"choices":[],"output":{}}',
    ])
      expect(passLane(protocol).whole(body).piece).toBe('error');
  });
});

it.each(laneProtocols)('a usual stream of %s is whole, event by event', (protocol) => {
  const lane = passLane(protocol);
  const pieces = answerStreams[protocol].map((event) => take(lane, event).piece);
  expect(pieces).not.toContain('error');
  expect([lane.end().piece, lane.told().fault]).toEqual(['end', null]);
});
