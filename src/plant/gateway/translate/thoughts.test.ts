import { describe, expect, it } from 'vitest';
import {
  answerStreams,
  heardStream,
  type LaneTongue,
  laneUpstream,
  laneWorld,
  tonguePairs,
  upstreamSignature,
  wholeAnswers,
} from '../../../../kit/gateway/index.ts';
import { topLevel } from '../body/top-level.ts';
import { ownThoughts, type Protocol, replyStream, replyWhole, translate } from './index.ts';

const upstream = laneUpstream();
const bytes = (text: string): Buffer => Buffer.from(text);
const tools = {
  messages: [{ name: 'read_file' }, { name: 'view' }],
  responses: [
    { type: 'function', name: 'read_file' },
    { type: 'function', name: 'view' },
  ],
  chat: [
    { type: 'function', function: { name: 'read_file' } },
    { type: 'function', function: { name: 'view' } },
  ],
  'generate-content': [{ functionDeclarations: [{ name: 'read_file' }, { name: 'view' }] }],
};
/** A conversation in each API; `said` is what was answered, as the API's clients hand it back, with a result for each call. */
const asking: Readonly<Record<Protocol, (said: readonly object[]) => object>> = {
  messages: (said) => ({
    model: 'alias',
    max_tokens: 9_000,
    thinking: { type: 'adaptive' },
    tools: tools.messages,
    messages: [{ role: 'user', content: 'Do.' }, ...said],
  }),
  responses: (said) => ({ model: 'alias', tools: tools.responses, input: [{ role: 'user', content: 'Do.' }, ...said] }),
  chat: (said) => ({ model: 'alias', tools: tools.chat, messages: [{ role: 'user', content: 'Do.' }, ...said] }),
  'generate-content': (said) => ({ tools: tools['generate-content'], contents: [{ role: 'user', parts: [{ text: 'Do.' }] }, ...said] }),
};
const calls = ['call_one', 'call_two'];
const handedBack: Readonly<Record<Protocol, (body: Answer) => readonly object[]>> = {
  messages: ({ content }) => [
    { role: 'assistant', content },
    { role: 'user', content: calls.map((id) => ({ type: 'tool_result', tool_use_id: id, content: 'r' })) },
  ],
  responses: ({ output = [] }) => [...output, ...calls.map((call_id) => ({ type: 'function_call_output', call_id, output: 'r' }))],
  // Clients keep the thought out, and what belongs to a call with the call.
  chat: ({ choices = [] }) => [
    { ...choices[0]?.message, reasoning_content: undefined },
    ...calls.map((tool_call_id) => ({ role: 'tool', tool_call_id, content: 'r' })),
  ],
  'generate-content': ({ candidates = [] }) => [
    { role: 'model', parts: candidates[0]?.content.parts.filter(({ thought }) => thought !== true) },
    {
      role: 'user',
      parts: ['read_file', 'view'].map((name, at) => ({ functionResponse: { id: calls[at], name, response: { output: 'r' } } })),
    },
  ],
};
interface Answer {
  readonly content?: readonly object[];
  readonly output?: readonly object[];
  readonly choices?: readonly { readonly message: object }[];
  readonly candidates?: readonly { readonly content: { readonly parts: readonly { readonly thought?: boolean }[] } }[];
}

/** What the maker of a thought wants back, in the words of its API. */
const own: Readonly<Record<LaneTongue, string>> = {
  messages: JSON.stringify({ type: 'thinking', thinking: 'Two files then.', signature: upstreamSignature }),
  responses: JSON.stringify({
    type: 'reasoning',
    id: 'rs_up',
    summary: [{ type: 'summary_text', text: 'Two files then.' }],
    encrypted_content: upstreamSignature,
  }),
  chat: '"reasoning_content":"Two files then."',
  'generate-content': `"args":{"path":"a \\"quoted\\" \\\\ path"}},"thoughtSignature":"${upstreamSignature}"`,
  sdk: JSON.stringify({
    type: 'reasoning',
    text: 'Two files then.',
    providerOptions: { bedrock: { signature: upstreamSignature } },
  }),
};

describe.each(tonguePairs)('heard over %s, a thought of %s', (caller, maker) => {
  const first = translate({ from: caller, to: maker, body: asking[caller]([]), asked: { model: 'alias', stream: false }, upstream });
  const reply = first.kind === 'call' ? replyWhole(first.reply, JSON.stringify(wholeAnswers[maker]), laneWorld()) : first;
  const body = (reply.kind === 'answer' ? reply.body : {}) as Answer; // an answer of the API
  const back = asking[caller](handedBack[caller](structuredClone(JSON.parse(JSON.stringify(body)))));
  const sentTo = (where: LaneTongue, family: string): string => {
    const call = translate({
      from: caller,
      to: where,
      body: back,
      asked: { model: 'alias', stream: false },
      upstream: laneUpstream({ family }),
    });
    return JSON.stringify(call.kind === 'call' ? call.body : call);
  };

  it('goes back to its maker byte for byte', () => {
    expect(sentTo(maker, upstream.family)).toContain(own[maker]);
  });

  it('goes to nobody else, as it was or packed', () => {
    for (const [where, family] of [
      [maker, 'another'],
      ...tonguePairs.filter(([one]) => one === caller).map(([, other]) => [other, 'another']),
    ] as const) {
      const sent = sentTo(where as LaneTongue, family); // from the list of pairs
      expect(sent).toContain('call_one');
      expect(sent).not.toMatch(new RegExp(`Two files|${upstreamSignature}|amlkb2thLWtlZXA6`));
    }
  });

  it('is taken out of what goes to an maker of the caller’s own API', () => {
    const request = { ...back };
    const kept = ownThoughts(caller, request, { family: 'native', minterOf: () => null });
    expect(JSON.stringify(kept)).not.toContain('amlkb2thLWtlZXA6');
    expect(JSON.stringify(kept)).toContain('call_two');
    expect(topLevel(bytes(JSON.stringify(kept)))).toMatchObject({ keepsakes: false });
    expect(topLevel(bytes(JSON.stringify(back)))).toMatchObject({ keepsakes: true });
  });

  it('leaves the same keepsake in a stream as in one piece', () => {
    const stream = first.kind === 'call' ? replyStream(first.reply, laneWorld()) : null;
    const out = `${stream?.take(bytes(answerStreams[maker].join('')))}${stream?.end()}`;
    const keepsakes = JSON.stringify(body).match(/amlkb2thLWtlZXA6[A-Za-z0-9+/=]*/g);
    expect(keepsakes?.length).toBeGreaterThan(0);
    expect(heardStream(caller, out).keepsakes).toEqual(keepsakes);
  });
});

describe('thoughts within one API', () => {
  const request = {
    model: 'm',
    messages: [
      { role: 'user', content: 'Do.' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Mine.', signature: 'bWluZQ==', extra: { kept: [1, null] } },
          { type: 'thinking', thinking: 'Theirs.', signature: 'dGhlaXJz' },
          { type: 'redacted_thinking', data: 'dGhlaXJz' },
          { type: 'text', text: 'Said.' },
        ],
      },
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'Theirs alone.', signature: 'dGhlaXJz' }] },
    ],
  };
  const minterOf = (signature: string): string => (signature === 'bWluZQ==' ? 'mine' : 'theirs');
  const [user, assistant] = request.messages;

  it('those of another family go, everything else stays as it is', () => {
    const kept = ownThoughts('messages', request, { family: 'mine', minterOf });
    const content = (assistant?.content ?? []) as readonly object[]; // as written above
    expect(JSON.stringify(kept)).toBe(
      JSON.stringify({ model: 'm', messages: [user, { role: 'assistant', content: [content[0], content[3]] }] }),
    );
  });

  it('those that nobody knows stay, and all of them go where that is asked', () => {
    expect(ownThoughts('messages', request, { family: 'mine', minterOf: () => null })).toEqual(request);
    expect(JSON.stringify(ownThoughts('messages', request, { family: null, minterOf }))).not.toMatch(/hinking/);
    const contents = [
      {
        role: 'model',
        parts: [
          { functionCall: { name: 'a' }, thoughtSignature: 'dGhlaXJz' },
          { text: '', thoughtSignature: 'x' },
        ],
      },
    ];
    expect(ownThoughts('generate-content', { contents }, { family: 'mine', minterOf })).toEqual({
      contents: [{ role: 'model', parts: [{ functionCall: { name: 'a' }, thoughtSignature: 'skip_thought_signature_validator' }] }],
    });
    const input = [{ type: 'reasoning', encrypted_content: 'dGhlaXJz' }, { type: 'message' }];
    expect(ownThoughts('responses', { input }, { family: 'mine', minterOf })).toEqual({ input: [{ type: 'message' }] });
  });

  it('a keepsake that was changed on its way loses the thought, not the conversation', () => {
    const changed = { type: 'thinking', thinking: 'x', signature: 'amlkb2thLWtlZXA6W3siZiI6IgAA' };
    const body = asking.messages([{ role: 'assistant', content: [changed, { type: 'text', text: 'Said.' }] }]);
    const call = translate({ from: 'messages', to: 'chat', body, asked: { model: null, stream: null }, upstream });
    expect(call).toMatchObject({ kind: 'call', body: { messages: [{ role: 'user' }, { role: 'assistant', content: 'Said.' }] } });
  });
});
