import { describe, expect, it } from 'vitest';
import { heardStream, laneUpstream, laneWorld } from '../../../../../kit/gateway/index.ts';
import { type ReplyStream, replyStream, replyWhole, type TranslatedCall, translate, type Upstream } from '../index.ts';
import type { Members } from '../protocol.ts';
import { thinksBy } from './model-kind.ts';

const user = { role: 'user', content: 'Do it.' };
const tools = [{ name: 'view', input_schema: { type: 'object' } }];

function called(body: object, more: Partial<Upstream> = {}): TranslatedCall {
  const asked = { model: 'alias', stream: null };
  const told = { model: 'alias', max_tokens: 4_000, messages: [user], ...body };
  const call = translate({ from: 'messages', to: 'sdk', body: told, asked, upstream: laneUpstream(more) });
  if (call.kind === 'refused') throw new Error(call.message);
  return call;
}

const bytesOf = (parts: readonly object[]): Uint8Array => Buffer.from(parts.map((part) => `data: ${JSON.stringify(part)}\n\n`).join(''));
const usage = { inputTokens: { total: 10, noCache: 10 }, outputTokens: { total: 5 } };
const finish = (raw?: string, more: object = {}): object => ({ type: 'finish', finishReason: { unified: 'stop', raw }, usage, ...more });
const text = [
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'Said.' },
  { type: 'text-end', id: '0' },
];

function heardOf(parts: readonly object[]): { readonly out: string; readonly stream: ReplyStream } {
  const stream = replyStream(called({}).reply, laneWorld());
  return { out: `${stream.take(bytesOf(parts))}${stream.end()}`, stream };
}

describe('what a package wants back beside a part', () => {
  const meta = (signature: string): object => ({ providerMetadata: { vertex: { thoughtSignature: signature } } });
  const call = { type: 'tool-call', toolCallId: 'call_one', toolName: 'view', input: '{"a":1}' };

  it('goes back beside the same part, of words and of calls', () => {
    const content = [
      { type: 'text', text: 'I look.', ...meta('of-text') },
      { ...call, ...meta('of-call') },
    ];
    const { reply } = called({ tools, thinking: { type: 'adaptive' } });
    const given = { content, finishReason: { unified: 'tool-calls', raw: 'STOP' }, usage };
    const whole = replyWhole(reply, JSON.stringify(given), laneWorld());
    const said: unknown = whole.kind === 'answer' ? JSON.parse(JSON.stringify(whole.body)) : whole;
    const { content: back } = said as { content: readonly object[] }; // a message
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_one', content: 'r' }] };
    const again = called({ tools, thinking: { type: 'adaptive' }, messages: [user, { role: 'assistant', content: back }, result] });
    const prompt = again.body['prompt'] as readonly Members[]; // as it is written
    expect(prompt[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.', providerOptions: { vertex: { thoughtSignature: 'of-text' } } },
        {
          type: 'tool-call',
          toolCallId: 'call_one',
          toolName: 'view',
          input: { a: 1 },
          providerOptions: { vertex: { thoughtSignature: 'of-call' } },
        },
      ],
    });
  });
});

describe('the end of a stream', () => {
  it('is none where the provider gave no reason of its own, whatever the package makes up', () => {
    const { out, stream } = heardOf([...text, finish()]);
    expect(stream.seen()).toMatchObject({ stop: null, fault: { kind: 'cut' } });
    expect(heardStream('messages', out).error).toContain('broke off');
  });

  it('tells of the words at which it stopped, of a refusal, and of a call that its server could not read', () => {
    const sequence = finish('stop_sequence', { providerMetadata: { bedrock: { stopSequence: 'END' } } });
    expect(heardOf([...text, sequence]).out).toContain('"stop_reason":"stop_sequence","stop_sequence":"END"');
    const refusal = { type: 'finish', finishReason: { unified: 'content-filter', raw: 'guardrail_intervened' }, usage };
    expect(heardOf([...text, refusal]).stream.seen().stop).toBe('refusal');
    const malformed = { type: 'finish', finishReason: { unified: 'error', raw: 'MALFORMED_FUNCTION_CALL' }, usage };
    expect(heardOf([...text, malformed]).stream.seen().fault).toMatchObject({ kind: 'server' });
  });

  it('leaves out what the provider ran by itself', () => {
    const own = { type: 'tool-call', toolCallId: 'own', toolName: 'code', input: '{}', providerExecuted: true };
    const parts = [own, { type: 'tool-result', toolCallId: 'own', result: {} }, { type: 'source', id: 's' }, ...text, finish('STOP')];
    expect(heardStream('messages', heardOf(parts).out).parts).toEqual(['text Said.']);
  });
});

describe('how a model is told to think', () => {
  it.each([
    ['anthropic.claude-3-7-sonnet-20250219-v1:0', 'budget'],
    ['eu.anthropic.claude-sonnet-4-20250514-v1:0', 'budget'],
    ['claude-opus-4-5@20251101', 'budget'],
    ['gemini-2.5-pro', 'budget'],
    ['anthropic.claude-opus-4-6-v1', 'effort'],
    ['claude-sonnet-5', 'effort'],
    ['gemini-3-pro-preview', 'effort'],
  ] as const)('%s: by %s', (model, by) => {
    expect(thinksBy(model)).toBe(by);
  });

  const thinking = { type: 'enabled', budget_tokens: 2_000 };
  it.each<[string, string, 'budget' | 'effort', object]>([
    ['an old Claude', 'claude-sonnet-4', 'budget', { bedrock: { reasoningConfig: { type: 'enabled', budgetTokens: 2_000 } } }],
    ['a new Claude', 'claude-opus-5', 'effort', { anthropic: { thinking: { type: 'adaptive' }, effort: 'low' } }],
    ['an old Gemini', 'gemini-2.5-pro', 'budget', { vertex: { thinkingConfig: { thinkingBudget: 2_000, includeThoughts: true } } }],
    ['a new Gemini', 'gemini-3-pro', 'effort', { google: { thinkingConfig: { thinkingLevel: 'minimal', includeThoughts: true } } }],
    ['any other', 'openai.gpt-oss-120b', 'effort', { openai: { reasoningEffort: 'minimal' } }],
  ])('%s, by what the caller allows', (_, model, by, expected) => {
    expect(called({ thinking }, { model, thinking: by }).body['providerOptions']).toMatchObject(expected);
  });
});

it('calls of before stay where no tool is to be called, and the record says that this was not told', () => {
  const messages = [
    user,
    { role: 'assistant', content: [{ type: 'tool_use', id: 'call_one', name: 'view', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_one', content: '' }] },
  ];
  const { body, leftOut } = called({ messages, tools, tool_choice: { type: 'none' } }, { model: 'claude-sonnet-4' });
  expect([body['toolChoice'], (body['tools'] as readonly unknown[]).length, leftOut.join()]).toEqual([
    undefined,
    1,
    expect.stringContaining('no tool'),
  ]);
  const without = called({ messages }, { model: 'claude-sonnet-4' });
  expect(without.body['tools']).toMatchObject([{ name: 'view' }]);
});
