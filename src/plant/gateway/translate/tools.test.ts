import { describe, expect, it } from 'vitest';
import { laneUpstream, laneWorld, toldTo, tonguePairs } from '../../../../kit/gateway/index.ts';
import { type Protocol, replyStream, replyWhole, translate, type Translation } from './index.ts';

const asked = { model: 'alias', stream: null };
const upstream = laneUpstream();
const send = (from: Protocol, to: Protocol, body: object): Translation => translate({ from, to, body, asked, upstream });
const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: "*** Begin Patch"' };

/** As Codex sends them. */
const codex = {
  model: 'alias',
  stream: true,
  input: [
    { role: 'user', content: 'Do.' },
    { type: 'custom_tool_call', call_id: 'c1', name: 'apply_patch', input: '*** Begin Patch\n"x"' },
    { type: 'custom_tool_call_output', call_id: 'c1', output: 'Done' },
    { type: 'function_call', call_id: 'c2', namespace: 'mcp__report', name: 'report', arguments: '{"state":"DONE"}' },
    { type: 'function_call_output', call_id: 'c2', output: 'Taken' },
    { type: 'tool_search_call', call_id: 'c3', execution: 'client', arguments: { query: 'mail' } },
    {
      type: 'tool_search_output',
      call_id: 'c3',
      execution: 'client',
      tools: [
        {
          type: 'namespace',
          name: 'mcp__mail',
          tools: [{ type: 'function', name: 'send', defer_loading: true, parameters: { type: 'object' } }],
        },
      ],
    },
  ],
  tools: [
    { type: 'custom', name: 'apply_patch', description: 'Patches.', format: grammar },
    { type: 'namespace', name: 'mcp__report', tools: [{ type: 'function', name: 'report', parameters: { type: 'object' } }] },
    { type: 'tool_search', execution: 'client', description: 'Finds.', parameters: { type: 'object', properties: { query: {} } } },
    { type: 'function', name: 'later', defer_loading: true },
    { type: 'web_search' },
  ],
};

describe('tools of Responses, for a server of Chat Completions', () => {
  const call = send('responses', 'chat', codex);

  it('are told as functions: free text as a member, groups by a longer name, found ones once they are found', () => {
    expect(call).toMatchObject({ kind: 'call', leftOut: ['the tool web_search'] });
    const { tools, messages } = (call.kind === 'call' ? call.body : {}) as { tools: { function: { name: string } }[]; messages: object[] }; // as written for the upstream
    expect(tools.map((tool) => tool.function.name)).toEqual(['apply_patch', 'mcp__report__report', 'mcp__mail__send', 'tool_search']);
    expect(tools[0]).toMatchObject({
      function: { description: expect.stringContaining(grammar.definition), parameters: { properties: { input: { type: 'string' } } } },
    });
    expect(messages.slice(1)).toMatchObject([
      { tool_calls: [{ id: 'c1', function: { name: 'apply_patch', arguments: JSON.stringify({ input: '*** Begin Patch\n"x"' }) } }] },
      { role: 'tool', tool_call_id: 'c1', content: 'Done' },
      { tool_calls: [{ id: 'c2', function: { name: 'mcp__report__report', arguments: '{"state":"DONE"}' } }] },
      { role: 'tool', tool_call_id: 'c2' },
      { tool_calls: [{ id: 'c3', function: { name: 'tool_search', arguments: '{"query":"mail"}' } }] },
      { role: 'tool', tool_call_id: 'c3', content: expect.stringContaining('mcp__mail__send') },
    ]);
  });

  it('are called by what they are: text, group, search', () => {
    const made = [
      ['apply_patch', { input: 'a "patch"\n' }],
      ['mcp__report__report', { state: 'DONE' }],
      ['tool_search', { query: 'x' }],
    ].map(([name, input], at) => ({ id: `n${at}`, type: 'function', function: { name, arguments: JSON.stringify(input) } }));
    const answer = { id: 'a', choices: [{ message: { role: 'assistant', content: null, tool_calls: made }, finish_reason: 'tool_calls' }] };
    const items = [
      { type: 'custom_tool_call', call_id: 'n0', name: 'apply_patch', input: 'a "patch"\n' },
      { type: 'function_call', call_id: 'n1', namespace: 'mcp__report', name: 'report', arguments: '{"state":"DONE"}' },
      { type: 'tool_search_call', call_id: 'n2', execution: 'client', arguments: { query: 'x' } },
    ];
    const terms = call.kind === 'call' ? call.reply : null;
    expect(terms && replyWhole(terms, JSON.stringify(answer), laneWorld())).toMatchObject({ body: { output: items } });
    const stream = terms && replyStream(terms, laneWorld());
    const out = `${stream?.take(new TextEncoder().encode(JSON.stringify(answer)))}${stream?.end()}`;
    const done = out
      .split('\n')
      .flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6)) as { type: string; item?: object }] : []));
    expect(done.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item)).toMatchObject(items);
    expect(done.find(({ type }) => type === 'response.custom_tool_call_input.done')).toMatchObject({ input: 'a "patch"\n' });
  });
});

describe('tools of Messages whose loading is deferred', () => {
  const tools = [
    { name: 'ToolSearch', input_schema: { type: 'object' } },
    { name: 'mail', input_schema: { type: 'object' }, defer_loading: true },
    { name: 'print', input_schema: { type: 'object' }, defer_loading: true },
  ];
  const messages = [
    { role: 'user', content: 'Do.' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'ToolSearch', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'tool_reference', tool_name: 'mail' }] }] },
  ];
  const namesIn = (body: object): unknown => {
    const call = send('messages', 'responses', body);
    return call.kind === 'call' && (call.body['tools'] as { name: string }[]).map(({ name }) => name); // as written for the upstream
  };

  it('are offered once a result has named them', () => {
    expect(namesIn({ model: 'a', tools, messages: messages.slice(0, 1) })).toEqual(['ToolSearch']);
    expect(namesIn({ model: 'a', tools, messages })).toEqual(['ToolSearch', 'mail']);
    expect(JSON.stringify(send('messages', 'chat', { model: 'a', tools, messages }))).toContain('The tool mail can be called from now on.');
  });

  it('are all offered where the provider would have searched', () => {
    const hosted = [{ type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' }, ...tools];
    expect(namesIn({ model: 'a', tools: hosted, messages: messages.slice(0, 1) })).toEqual(['ToolSearch', 'mail', 'print']);
  });
});

describe('a choice among a part of the tools', () => {
  const names = ['a', 'b', 'danger'];
  const nested = (name: string): object => ({ type: 'function', function: { name } });
  const flat = (name: string): object => ({ type: 'function', name });
  const asks = (allowed: readonly string[], must: boolean): Readonly<Record<'chat' | 'responses' | 'generate-content', object>> => {
    const mode = must ? 'required' : 'auto';
    return {
      chat: {
        model: 'a',
        messages: [{ role: 'user', content: 'Do.' }],
        tools: names.map(nested),
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode, tools: allowed.map(nested) } },
      },
      responses: {
        model: 'a',
        input: 'Do.',
        tools: [...names.map(flat), { type: 'web_search' }],
        tool_choice: { type: 'allowed_tools', mode, tools: [...allowed.map(flat), { type: 'web_search' }] },
      },
      'generate-content': {
        contents: [{ parts: [{ text: 'Do.' }] }],
        tools: [{ functionDeclarations: names.map((name) => ({ name })) }],
        toolConfig: { functionCallingConfig: { mode: must ? 'ANY' : 'VALIDATED', allowedFunctionNames: allowed } },
      },
    };
  };
  const froms = ['chat', 'responses', 'generate-content'] as const;
  const pairs = tonguePairs.flatMap(([from, to]) => froms.flatMap((one) => (one === from ? [[one, to] as const] : [])));

  it.each(pairs)('tells the model no other, in their order, and demands a call where one is demanded: %s to %s', (from, to) => {
    for (const must of [true, false]) {
      const call = translate({ from, to, body: asks(['b', 'a'], must)[from], asked, upstream });
      const told = call.kind === 'call' ? toldTo(to, JSON.parse(JSON.stringify(call.body))) : null;
      expect([told?.tools.map(({ name }) => name), told?.mustCall]).toEqual([['a', 'b'], must]);
    }
  });

  it('of which none is there is refused where a call is demanded, and no tool is told where none is', () => {
    for (const from of ['chat', 'responses'] as const) {
      expect(send(from, 'messages', asks(['gone'], true)[from])).toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('none of the tools'),
      });
      const free = send(from, 'messages', asks(['gone'], false)[from]);
      expect(free.kind === 'call' && free.body).not.toHaveProperty('tools');
    }
  });
});

describe('tools that are defined by their own provider', () => {
  const own = { name: 'a', input_schema: { type: 'object' } };
  const search = { type: 'web_search_20250305', name: 'web_search' };
  const ask = (tools: object[], more: object = {}): Translation =>
    send('messages', 'chat', { model: 'a', messages: [{ role: 'user', content: 'Do.' }], tools, ...more });

  it('are left out beside others where an answer can do without, and that is said', () => {
    expect(ask([own, search])).toMatchObject({ kind: 'call', leftOut: ['the tool web_search_20250305'] });
  });

  it('are refused where the request is about them, or the work depends on them', () => {
    const refused = {
      kind: 'refused',
      message: expect.stringMatching(/The tool \w+ is defined by its own provider, and .* knows none like it/),
    };
    expect(ask([search])).toMatchObject(refused);
    expect(ask([own, search], { tool_choice: { type: 'tool', name: 'web_search' } })).toMatchObject(refused);
    expect(ask([own, { type: 'code_execution_20250825', name: 'code_execution' }])).toMatchObject(refused);
    expect(ask([own, { type: 'bash_20250124', name: 'bash' }])).toMatchObject(refused);
    const contents = [{ parts: [{ text: 'Do.' }] }];
    expect(send('generate-content', 'chat', { contents, tools: [{ googleSearch: {} }] })).toMatchObject(refused);
    expect(
      send('generate-content', 'chat', { contents, tools: [{ functionDeclarations: [{ name: 'a' }] }, { googleSearch: {} }] }).kind,
    ).toBe('call');
    expect(send('responses', 'messages', { model: 'a', input: 'Do.', tools: [{ type: 'local_shell' }] })).toMatchObject(refused);
  });
});

describe('names that the upstream does not take', () => {
  const name = `mcp/${'server.'.repeat(12)}täglich`;
  const body = {
    contents: [
      { role: 'user', parts: [{ text: 'Do.' }] },
      { role: 'model', parts: [{ functionCall: { name, args: {} } }] },
      { role: 'user', parts: [{ functionResponse: { name, response: { output: 'r' } } }] },
    ],
    tools: [{ functionDeclarations: [{ name, parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } }, { name: 'plain' }] }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [name] } },
  };
  const call = send('generate-content', 'messages', body);

  it('are told by fitting ones, alike everywhere, with schemas in small letters', () => {
    const sent = (call.kind === 'call' ? call.body : {}) as {
      tools: { name: string }[];
      tool_choice: object;
      messages: { content: object[] }[];
    }; // as written for the upstream
    const told = sent.tools[0]?.name ?? '';
    expect(told).toMatch(/^[a-zA-Z0-9_-]{1,128}$/);
    expect(sent.tools).toMatchObject([{ input_schema: { type: 'object', properties: { a: { type: 'string' } } } }, { name: 'plain' }]);
    expect([sent.tool_choice, sent.messages[1]?.content[0]]).toMatchObject([
      { type: 'tool', name: told },
      { type: 'tool_use', name: told },
    ]);
    const answer = { type: 'message', content: [{ type: 'tool_use', id: 'x', name: told, input: {} }], stop_reason: 'tool_use' };
    const reply = call.kind === 'call' ? replyWhole(call.reply, JSON.stringify(answer), laneWorld()) : null;
    expect(reply).toMatchObject({ body: { candidates: [{ content: { parts: [{ functionCall: { name } }] } }] } });
  });
});
