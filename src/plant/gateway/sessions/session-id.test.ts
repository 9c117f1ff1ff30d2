import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import { askedOf } from '../body/asked.ts';
import { isOpenExchange } from './open-exchange.ts';
import { sessionId } from './session-id.ts';

const caller = { line: 'bug', fleet: null, run: 'bug-1', stage: 'change', station: 'coder' };

function requestOf(body: object, protocol: Protocol, headers: Record<string, string> = {}) {
  const bytes = Buffer.from(JSON.stringify({ model: 'coder', ...body }));
  const asked = askedOf(bytes, protocol);
  if (asked.kind === 'wrong') throw new Error(asked.message);
  return { protocol, alias: 'coder', headers, body: bytes, asked };
}

const idOf = (body: object, protocol: Protocol = 'messages', headers: Record<string, string> = {}): string =>
  sessionId(requestOf(body, protocol, headers), caller);

const user = (text: string, more: object = {}): object => ({ role: 'user', content: [{ type: 'text', text, ...more }] });
const mark = { cache_control: { type: 'ephemeral' } };

describe('the name of a session', () => {
  const begin = { system: 'You mend.', tools: [{ name: 'bash' }], messages: [user('Mend it.')] };

  it('stays as the conversation grows, and wherever marks of the cache are put meanwhile', () => {
    const grown = { ...begin, messages: [user('Mend it.'), { role: 'assistant', content: 'I look.' }, user('Go on.', mark)] };
    const marked = { ...begin, system: [{ type: 'text', text: 'You mend.', ...mark }], messages: [user('Mend it.', mark)] };
    const plain = { ...begin, messages: [{ role: 'user', content: 'Mend it.' }] };
    const later = [{ role: 'assistant', content: [{ type: 'text', text: 'I look.' }] }, user('Go on.')];
    const plainGrown = { ...begin, messages: [{ role: 'user', content: 'Mend it.' }, ...later] };
    expect(new Set([begin, grown, marked, plain, plainGrown].map((body) => idOf(body))).size).toBe(1);
    expect(idOf(begin)).toMatch(/^[0-9a-f]{24}$/);
  });

  it('stays the same for whatever is said first and after it', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    const block = fc.oneof(
      fc.record({ type: fc.constant('text'), text }),
      fc.record({ type: fc.constant('image'), source: fc.record({ type: fc.constant('base64'), data: text }) }),
    );
    const content = fc.oneof(text, fc.array(block, { minLength: 1 }));
    const turns = fc.array(fc.record({ role: fc.constantFrom('user', 'assistant'), content }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(turns, fc.constantFrom<Protocol>('messages', 'chat'), (all, protocol) => {
        const instructions = protocol === 'chat' ? [{ role: 'system', content: 'Be "good".' }] : [];
        const ids = all.map((_, at) => idOf({ messages: [...instructions, ...all.slice(0, at + 1)] }, protocol));
        expect(new Set(ids).size).toBe(1);
      }),
    );
  });

  it('is another one for another beginning, caller, slot, API and name by its harness', () => {
    const others = [
      idOf({ ...begin, messages: [user('Mend that.')] }),
      idOf({ ...begin, system: 'You name chats.' }),
      idOf({ ...begin, tools: [{ name: 'edit' }] }),
      idOf(begin, 'messages', { 'x-claude-code-session-id': '1' }),
      idOf(begin, 'messages', { 'session-id': '2' }),
      idOf(begin, 'chat'),
      sessionId(requestOf(begin, 'messages'), { ...caller, run: 'bug-2' }),
      sessionId({ ...requestOf(begin, 'messages'), alias: 'small' }, caller),
      idOf({ input: 'Mend it.', prompt_cache_key: 'a' }, 'responses'),
      idOf({ input: 'Mend it.', prompt_cache_key: 'b' }, 'responses'),
    ];
    expect(new Set([idOf(begin), ...others]).size).toBe(others.length + 1);
  });

  it('does not take instructions for what a user said first, however long they are', () => {
    const long = 'Follow "these" rules.\n'.repeat(1000);
    const chat = (text: string): object => ({ messages: [{ role: 'system', content: long }, user(text)] });
    expect(idOf(chat('One.'), 'chat')).not.toBe(idOf(chat('Two.'), 'chat'));
    const responses = (text: string): object => ({
      input: [
        { role: 'developer', content: long },
        { role: 'user', content: text },
      ],
    });
    expect(idOf(responses('One.'), 'responses')).not.toBe(idOf(responses('Two.'), 'responses'));
    const gemini = (text: string): object => ({
      systemInstruction: { parts: [{ text: long }] },
      contents: [{ role: 'user', parts: [{ text }] }],
    });
    expect(idOf(gemini('One.'), 'generate-content')).not.toBe(idOf(gemini('Two.'), 'generate-content'));
  });

  it('leaves out the line of an agent that changes from call to call', () => {
    const system = (line: string, text: string): object => ({
      ...begin,
      system: [
        { type: 'text', text: line },
        { type: 'text', text },
      ],
    });
    const line = 'x-anthropic-billing-header: cch=';
    expect(idOf(system(`${line}1`, 'You mend.'))).toBe(idOf(system(`${line}2`, 'You mend.')));
    expect(idOf(system(`${line}1`, 'You mend.'))).not.toBe(idOf(system(`${line}1`, 'You read.')));
  });

  it('is made of whatever comes: long names, none, what is no conversation', () => {
    const named = (name: string): string => idOf(begin, 'messages', { session_id: name });
    expect(named('a'.repeat(10_000))).not.toBe(named(`${'a'.repeat(9_999)}b`));
    for (const messages of [[], null, 7, 'text', [[]], [7, {}], {}, [{ role: 'user' }], [{ content: { text: 7 } }]])
      expect(idOf({ messages })).toMatch(/^[0-9a-f]{24}$/);
  });
});

describe('an exchange is open', () => {
  it.each<[Protocol, object]>([
    ['messages', { messages: [user('Go.'), { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: 'x' }] }] }],
    ['chat', { messages: [user('Go.'), { role: 'tool', tool_call_id: '1', content: 'x' }] }],
    ['responses', { input: [user('Go.'), { type: 'function_call_output', call_id: '1', output: 'x' }] }],
    ['responses', { input: [{ type: 'custom_tool_call_output', call_id: '1', output: 'x' }] }],
    ['generate-content', { contents: [{ role: 'user', parts: [{ functionResponse: { name: 'ls', response: {} } }] }] }],
  ])('where a request of %s ends with what a tool gave', (protocol, body) => {
    expect(isOpenExchange(requestOf(body, protocol))).toBe(true);
  });

  it('and not where a user says the last word, even about tools', () => {
    const before = { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: 'x' }] };
    expect(isOpenExchange(requestOf({ messages: [before, user('I saw {"type":"tool_result"} and "role":"tool".')] }, 'messages'))).toBe(
      false,
    );
    expect(isOpenExchange(requestOf({ input: 'Go.' }, 'responses'))).toBe(false);
    expect(isOpenExchange(requestOf({ messages: [] }, 'chat'))).toBe(false);
  });
});
