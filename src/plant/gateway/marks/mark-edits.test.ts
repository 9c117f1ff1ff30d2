import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topLevel } from '../body/top-level.ts';
import { edited } from './edits.ts';
import { markEdits } from './mark-edits.ts';

const mark = { cache_control: { type: 'ephemeral' } };

function marked(text: string): string {
  const body = Buffer.from(text);
  const found = topLevel(body);
  if (found.kind === 'wrong') throw new Error(found.message);
  return edited(body, markEdits(body, found.members)).toString();
}

const markedOf = (request: object): unknown => JSON.parse(marked(JSON.stringify(request)));

describe('marks of the cache', () => {
  it('go to the last tool, the end of the instructions and the last turn of the user, and every other byte stays', () => {
    const text =
      '{ "tools": [ {"name":"a"} , {"name":"b" } ],"system":"Be \\u00f6 \\"good\\"." ,\n"messages":[{"content": "One","role":"user"},' +
      '{"role":"assistant","content":"x"}, {"role":"user","content":[{"type":"text","text":"Two"},{"type":"tool_result","content":"]}"} ] } ],"x":1e400}';
    const put = ',"cache_control":{"type":"ephemeral"}';
    expect(marked(text)).toBe(
      '{ "tools": [ {"name":"a"} , {"name":"b" ' +
        put +
        '} ],"system":[{"type":"text","text":"Be \\u00f6 \\"good\\"."' +
        put +
        '}] ,\n"messages":[{"content": "One","role":"user"},' +
        '{"role":"assistant","content":"x"}, {"role":"user","content":[{"type":"text","text":"Two"},{"type":"tool_result","content":"]}"' +
        put +
        '} ] } ],"x":1e400}',
    );
  });

  it('never go on a thought, an empty text, a tool that is loaded later, or what another one than the user said', () => {
    const go = { type: 'text', text: 'Go.' };
    const rest = [
      { type: 'text', text: '' },
      { type: 'thinking', thinking: 'x', signature: 'y' },
    ];
    const answer = { role: 'assistant', content: [{ type: 'text', text: 'Well,' }] };
    const messages = [{ role: 'user', content: [go, ...rest] }, answer];
    const tools = [{ name: 'a' }, { name: 'b', defer_loading: true }];
    expect(markedOf({ system: '', tools, messages })).toEqual({
      system: '',
      tools: [{ name: 'a', ...mark }, tools[1]],
      messages: [{ role: 'user', content: [{ ...go, ...mark }, ...rest] }, answer],
    });
  });

  it('leave as it is what is no such request', () => {
    for (const request of [
      {},
      { messages: [] },
      { messages: 7, tools: {}, system: null },
      { tools: [{}], system: [{}], messages: [{}, 7, []] },
    ])
      expect(marked(JSON.stringify(request))).toBe(JSON.stringify(request));
  });

  it('change nothing else, whatever is said: without them the request is what it was', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    const block = fc.oneof(
      fc.record({ type: fc.constant('text'), text }),
      fc.record({ type: fc.constant('tool_result'), tool_use_id: text, content: fc.array(fc.record({ type: fc.constant('text'), text })) }),
    );
    const turn = fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.oneof(text, fc.array(block, { minLength: 1 })) });
    const request = fc.record({
      tools: fc.array(fc.record({ name: text, input_schema: fc.jsonValue({ maxDepth: 2 }) })),
      system: fc.oneof(text, fc.array(fc.record({ type: fc.constant('text'), text }))),
      messages: fc.array(turn, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(request, fc.constantFrom(0, 1), (asked, indent) => {
        const after = marked(JSON.stringify(asked, null, indent));
        const before = JSON.parse(JSON.stringify(asked)) as typeof asked; // as written
        expect((after.match(/"cache_control":\{"type":"ephemeral"\}/g) ?? []).length).toBe(
          [asked.tools.length, asked.system.length, asked.messages.filter(({ role }) => role === 'user').length].filter(
            (count) => count > 0,
          ).length,
        );
        const without = JSON.parse(after, (name, value: unknown) => (name === 'cache_control' ? undefined : value)) as typeof asked;
        const asBlocks = (content: unknown): unknown => (typeof content === 'string' ? [{ type: 'text', text: content }] : content);
        const plain = (one: typeof asked): unknown => ({
          ...one,
          system: asBlocks(one.system),
          messages: one.messages.map((message) => ({ ...message, content: asBlocks(message.content) })),
        });
        expect(plain(without)).toEqual(plain(before));
      }),
    );
  });
});
