import { afterEach, describe, expect, it } from 'vitest';
import { memoryTape, type MemoryTape, type ModelTwin, readScenario, startModelTwin } from './index.ts';

const open: ModelTwin[] = [];
afterEach(async () => {
  for (const twin of open.splice(0)) await twin.close();
});

interface Stage {
  readonly url: string;
  readonly tape: MemoryTape;
  /** A call by Chat Completions, which gives the text and the calls of the answer. */
  ask(messages: readonly object[], more?: { readonly headers?: Record<string, string>; readonly tools?: readonly object[] }): Promise<Said>;
}
interface Said {
  readonly status: number;
  readonly text: string | null;
  readonly calls: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
  readonly message: object;
}

const shell = tool('bash', ['command']);

function tool(name: string, required: readonly string[]): object {
  const properties = Object.fromEntries(required.map((argument) => [argument, { type: 'string' }]));
  return { type: 'function', function: { name, parameters: { type: 'object', properties, required } } };
}

async function stage(scenario: string): Promise<Stage> {
  const tape = memoryTape();
  const twin = await startModelTwin({ scenario: readScenario(scenario, 'test'), port: 0, tape, replay: null });
  open.push(twin);
  const ask: Stage['ask'] = async (messages, { headers = {}, tools = [shell] } = {}) => {
    const body = JSON.stringify({ model: 'twin', messages, ...(tools.length === 0 ? {} : { tools }) });
    const answer = await fetch(`${twin.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer run-one-token', ...headers },
      body,
    });
    if (answer.status !== 200) return { status: answer.status, text: await answer.text(), calls: [], message: {} };
    const { choices } = (await answer.json()) as { choices: [{ message: { content: string | null; tool_calls?: Said['calls'] } }] }; // the twin's own form
    const { message } = choices[0];
    return { status: 200, text: message.content, calls: message.tool_calls ?? [], message };
  };
  return { url: twin.url, tape, ask };
}

const user = (content: string): object => ({ role: 'user', content });
const results = ({ calls }: Said, content = 'ok'): object[] => calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content }));
const commandOf = ({ calls }: Said): unknown => JSON.parse(calls[0]?.function.arguments ?? 'null');

const three = 'steps: [{ run: one }, { run: two }, { say: Done. }]';

describe('the place in a script', () => {
  it('moves on when the next request shows that the answer arrived, and not before', async () => {
    const { ask } = await stage(three);
    const task = [user('Do it.')];
    const first = await ask(task);
    expect(commandOf(first)).toEqual({ command: 'one' });
    const after = [...task, first.message, ...results(first)];
    expect(commandOf(await ask(after))).toEqual({ command: 'two' });
    expect(commandOf(await ask(after))).toEqual({ command: 'two' });
  });

  it('stays where it is through refusals', async () => {
    const { ask } = await stage(`{ ${three}, faults: [{ fault: server, times: 2 }] }`);
    expect([(await ask([user('Do it.')])).status, (await ask([user('Do it.')])).status]).toEqual([500, 500]);
    expect(commandOf(await ask([user('Do it.')]))).toEqual({ command: 'one' });
  });

  it('survives a history that was summarised under a name', async () => {
    const { ask } = await stage(three);
    const headers = { 'x-session-id': 'ses_1' };
    const first = await ask([user('Do it.')], { headers });
    const second = await ask([user('Do it.'), first.message, ...results(first)], { headers });
    expect(commandOf(second)).toEqual({ command: 'two' });
    expect((await ask([user('This is what was done so far: a and b.')], { headers })).text).toBe('Done.');
  });

  it('survives a history that was summarised without a name, by the mark in the summary', async () => {
    const { ask } = await stage(three);
    const first = await ask([user('Do it.')]);
    const grown = [user('Do it.'), first.message, ...results(first)];
    const summary = await ask([...grown, user('Create a detailed summary of the conversation so far.')]);
    expect(summary.calls).toEqual([]);
    expect(commandOf(await ask([user(summary.text ?? '')]))).toEqual({ command: 'two' });
  });

  it('is kept apart for each key and each task, and begins anew where a task does', async () => {
    const { ask } = await stage(three);
    const first = await ask([user('Do it.')]);
    await ask([user('Do it.'), first.message, ...results(first)]);
    expect(commandOf(await ask([user('Do it.')], { headers: { authorization: 'Bearer run-two-token' } }))).toEqual({ command: 'one' });
    expect(commandOf(await ask([user('Do another thing.')]))).toEqual({ command: 'one' });
    expect(commandOf(await ask([user('Do it.')]))).toEqual({ command: 'one' });
  });

  it('is not moved by titles, summaries, suggestions and judgements', async () => {
    const { ask, tape } = await stage(three);
    const headers = { 'x-session-id': 'ses_1' };
    const bare = { headers, tools: [] };
    await ask([{ role: 'system', content: 'You are a title generator.' }, user('Generate a title for this conversation:')], bare);
    await ask([{ role: 'system', content: 'You are naming a coding session so the user can pick it out.' }, user('<session>')], bare);
    const first = await ask([user('Do it.')], { headers });
    await ask([{ role: 'system', content: 'You are the guardian.' }, user('Assess the exact planned action.')], bare);
    await ask([user('Predict what the user says next.')], bare);
    await ask([user('anything without tools')], bare);
    expect(commandOf(await ask([user('Do it.'), first.message, ...results(first)], { headers }))).toEqual({ command: 'two' });
    expect(tape.entries().map(({ kind }) => kind)).toEqual(['title', 'title', 'main', 'judge', 'suggestion', 'other', 'main']);
  });

  it('does not move where whoever asked went away', async () => {
    const { url, ask, tape } = await stage('steps: [{ run: one, waitMs: 500 }, { say: Done. }]');
    const leaving = new AbortController();
    const headers = { authorization: 'Bearer run-one-token', 'x-session-id': 'ses_1' };
    const body = JSON.stringify({ model: 'twin', messages: [user('Do it.')], tools: [shell] });
    const asked = fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body,
      signal: leaving.signal,
    });
    asked.catch(() => undefined);
    // The twin has the request once it answers another one that came after it.
    await ask([user('Say a title.'), { role: 'system', content: 'You are a title generator.' }], { tools: [] });
    leaving.abort();
    const { answer, step } = await tape.seen(({ kind }) => kind === 'main');
    expect([answer.ended, step]).toEqual(['left', 0]);
    expect(commandOf(await ask([user('Do it.'), user('Are you there?')], { headers }))).toEqual({ command: 'one' });
  });

  it('stands still on a step for ever, and says at the end that it is over', async () => {
    const { ask, tape } = await stage('steps: [{ say: a, times: 2 }, { say: b }]');
    const said = [user('Do it.')];
    const texts: (string | null)[] = [];
    for (let at = 0; at < 4; at += 1) {
      const answer = await ask(said);
      texts.push(answer.text);
      said.push(answer.message, user('Go on.'));
    }
    expect(texts).toEqual(['a', 'a', 'b', 'The script has no further step.']);
    expect(tape.entries().at(-1)?.note).toBe('the script is at its end');
  });
});

describe('which script is played', () => {
  const cast = `
scripts:
  - { name: reviewer, when: { says: You review }, steps: [{ say: Reviewed. }] }
  - { name: other model, when: { model: small* }, steps: [{ say: Small. }] }
  - { name: first, once: true, steps: [{ say: First. }] }
  - { name: later, steps: [{ say: Later. }] }
`;
  it('is the first that fits the conversation, and one for once only once', async () => {
    const { ask } = await stage(cast);
    const texts = [];
    for (const task of ['a', 'b', 'c']) texts.push((await ask([user(task)])).text);
    texts.push((await ask([{ role: 'system', content: 'You review a change.' }, user('d')])).text);
    expect(texts).toEqual(['First.', 'Later.', 'Later.', 'Reviewed.']);
  });

  it('is none where none fits, and that is said', async () => {
    const { ask } = await stage('scripts: [{ when: { protocol: gemini }, steps: [{ say: a }] }]');
    expect((await ask([user('a')])).text).toMatch(/No script/);
  });
});

describe('an action', () => {
  it('is put into the tools of an agent, after a read where it edits', async () => {
    const { ask } = await stage('{ cwd: /repo, steps: [{ edit: { file: a.js, old: x, new: y } }] }');
    const tools = [shell, tool('edit', ['filePath', 'oldString', 'newString', 'why']), tool('read', ['filePath'])];
    const first = await ask([user('Do it.')], { tools });
    expect([first.calls[0]?.function.name, commandOf(first)]).toEqual(['read', { filePath: '/repo/a.js' }]);
    const second = await ask([user('Do it.'), first.message, ...results(first)], { tools });
    expect(commandOf(second)).toEqual({ filePath: '/repo/a.js', oldString: 'x', newString: 'y', why: 'Edit a.js' });
  });

  it('is done by a shell where an agent has nothing else', async () => {
    const { ask } = await stage(`steps: [{ write: { file: "d/it's", text: "a'b" } }, { read: a b }]`);
    const first = await ask([user('Do it.')], { tools: [tool('run_shell_command', ['command'])] });
    expect(commandOf(first)).toEqual({ command: `mkdir -p 'd' && printf '%s' 'a'\\''b' > 'd/it'\\''s'` });
  });

  it('is said to be impossible where there is no way', async () => {
    const { ask, tape } = await stage('steps: [{ run: ls }, { say: Done. }]');
    expect((await ask([user('Do it.')], { tools: [tool('think', ['thought'])] })).text).toMatch(/offers no shell/);
    expect(tape.entries()[0]?.note).toBe('the request offers no shell');
  });

  it('that reports finds its tool by the end of its name', async () => {
    const { ask } = await stage('steps: [{ report: { state: DONE } }]');
    const tools = [tool('bugreport', []), tool('report_findings', []), tool('mcp__station__report', ['state'])];
    expect((await ask([user('Do it.')], { tools })).calls.map((call) => call.function.name)).toEqual(['mcp__station__report']);
  });

  it('searches for a tool that is hidden, and gives up after a few rounds', async () => {
    const { ask } = await stage('steps: [{ report: { state: DONE } }, { say: Done. }]');
    const tools = [tool('ToolSearch', ['query'])];
    const said = [user('Tools to be found: mcp__station__report')];
    const names: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      const answer = await ask(said, { tools });
      names.push(answer.calls[0]?.function.arguments ?? answer.text ?? '');
      said.push(answer.message, ...(answer.calls.length > 0 ? results(answer, 'nothing') : [user('Go on.')]));
    }
    expect(names.slice(0, 4)).toEqual(Array(4).fill('{"query":"select:mcp__station__report"}'));
    expect(names[4]).toMatch(/did not bring/);
  });

  it('takes no word of what was found for the name of a tool', async () => {
    const { ask } = await stage('steps: [{ report: { state: DONE } }]');
    const tools = [tool('tool_search', ['query']), tool('tool_call', ['name', 'arguments'])];
    const first = await ask([user('Do it.')], { tools });
    const found = [user('Do it.'), first.message, ...results(first, 'report_findings: set only on a re-report.')];
    const second = await ask(found, { tools });
    expect(second.calls.map((call) => call.function.name)).toEqual(['tool_search']);
    const named = [...found, second.message, ...results(second, '{"name":"mcp__jidoka__report"}')];
    const third = await ask(named, { tools });
    expect(third.calls.map((call) => call.function.name)).toEqual(['tool_call']);
    expect(third.calls[0]?.function.arguments).toContain('mcp__jidoka__report');
  });

  it('that is garbled is no JSON', async () => {
    const { ask } = await stage('steps: [{ run: ls, garble: true }]');
    const text = (await ask([user('Do it.')])).calls[0]?.function.arguments ?? '';
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });
});

describe('tokens', () => {
  it('are the same for the same talk, and the beginning of a prompt comes from the cache', async () => {
    const usages = [];
    for (const _ of [1, 2]) {
      const { ask, tape } = await stage(three);
      const first = await ask([user('Do it.')]);
      const second = [user('Do it.'), first.message, ...results(first)];
      await ask(second);
      usages.push(tape.entries().map(({ usage }) => usage));
      const [one, two] = tape.entries();
      expect(two?.usage?.cacheRead).toBe(one?.usage?.input);
    }
    expect(usages[0]).toEqual(usages[1]);
  });

  it('are those of the step where it names them', async () => {
    const { ask, tape } = await stage('steps: [{ say: a, usage: { input: 12, cacheRead: 30, output: 5 } }]');
    await ask([user('Do it.')]);
    expect(tape.entries()[0]?.usage).toEqual({ input: 12, cacheRead: 30, cacheWrite: 0, output: 5, reasoning: 0 });
  });
});
