import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryTape, type MemoryTape, type ModelTwin, readScenario, startModelTwin } from './index.ts';

const open: ModelTwin[] = [];
afterEach(async () => {
  for (const twin of open.splice(0)) await twin.close();
});

async function playing(scenario: string): Promise<{ readonly url: string; readonly tape: MemoryTape }> {
  const tape = memoryTape();
  const twin = await startModelTwin({ scenario: readScenario(scenario, 'test'), port: 0, tape, replay: null });
  open.push(twin);
  return { url: twin.url, tape };
}

const anthropic = (url: string): Anthropic => new Anthropic({ baseURL: url, apiKey: 'key-of-the-test', maxRetries: 0 });
const openai = (url: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'key-of-the-test', maxRetries: 0 });
const google = (url: string): GoogleGenAI => new GoogleGenAI({ apiKey: 'key-of-the-test', httpOptions: { baseUrl: url } });

const parameters = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] } as const;
const twoCalls = `
steps:
  - say: I look.
    together: [{ run: ls }, { run: "echo 'ö'" }]
  - say: Done.
`;
const task = 'Do it.';

describe("Anthropic's client", () => {
  const tools = [{ name: 'Bash', input_schema: parameters as unknown as Anthropic.Tool.InputSchema }]; // its type is not read-only
  const ask = { model: 'twin', max_tokens: 100, tools, messages: [{ role: 'user' as const, content: task }] };

  it('gets words and two calls at once, and an end', async () => {
    const { url } = await playing(twoCalls);
    const client = anthropic(url);
    const first = await client.messages.create(ask);
    expect(first.content.map(({ type }) => type)).toEqual(['text', 'tool_use', 'tool_use']);
    expect(first.stop_reason).toBe('tool_use');
    const calls = first.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
    expect(calls.map(({ input }) => input)).toEqual([{ command: 'ls' }, { command: "echo 'ö'" }]);
    const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'a' }));
    const messages = [...ask.messages, { role: 'assistant' as const, content: first.content }, { role: 'user' as const, content: results }];
    const second = await client.messages.create({ ...ask, messages });
    expect([second.stop_reason, second.content]).toEqual(['end_turn', [{ type: 'text', text: 'Done.' }]]);
  });

  it('puts the same together from a stream', async () => {
    const { url, tape } = await playing(twoCalls);
    const whole = await anthropic(url).beta.messages.stream(ask).finalMessage();
    expect(whole.content.flatMap((block) => (block.type === 'tool_use' ? [block.input] : []))).toEqual([
      { command: 'ls' },
      { command: "echo 'ö'" },
    ]);
    const { usage } = await tape.seen(({ kind }) => kind === 'main');
    expect([whole.usage.input_tokens, whole.usage.output_tokens]).toEqual([usage?.input, usage?.output]);
  });

  it('hears errors as what they are', async () => {
    const { url } = await playing(
      '{ steps: [{ say: a }], faults: [{ fault: { kind: rate-limit, retryAfter: 7 } }, { fault: login }, { fault: overloaded }, { fault: context-overflow }] }',
    );
    const client = anthropic(url);
    const limited = await client.messages.create(ask).catch((error: unknown) => error);
    expect(limited).toBeInstanceOf(Anthropic.RateLimitError);
    expect(limited instanceof Anthropic.RateLimitError && limited.headers.get('retry-after')).toBe('7');
    await expect(client.messages.create(ask)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    await expect(client.messages.create(ask)).rejects.toMatchObject({ status: 529, type: 'overloaded_error' });
    await expect(client.messages.create(ask)).rejects.toThrow(/prompt is too long: \d+ tokens > \d+ maximum/);
  });

  it('counts tokens and lists models', async () => {
    const { url } = await playing('{ models: [small, large], steps: [{ say: a }] }');
    const counted = await anthropic(url).messages.countTokens({ model: 'twin', messages: ask.messages });
    expect(counted.input_tokens).toBeGreaterThan(0);
    const models = await anthropic(url).models.list();
    expect(models.data.map(({ id }) => id)).toEqual(['small', 'large']);
  });
});

describe("OpenAI's client, Chat Completions", () => {
  const tools = [{ type: 'function' as const, function: { name: 'shell', parameters } }];
  const ask = { model: 'twin', tools, messages: [{ role: 'user' as const, content: task }] };

  it('gets words and two calls at once, and an end', async () => {
    const { url } = await playing(twoCalls);
    const client = openai(url);
    const first = (await client.chat.completions.create(ask)).choices[0];
    expect(first?.finish_reason).toBe('tool_calls');
    const calls = (first?.message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call] : []));
    expect(calls.map((call) => JSON.parse(call.function.arguments))).toEqual([{ command: 'ls' }, { command: "echo 'ö'" }]);
    const results = calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'a' }));
    const said = { role: 'assistant' as const, content: 'I look.', tool_calls: calls };
    const second = await client.chat.completions.create({ ...ask, messages: [...ask.messages, said, ...results] });
    expect(second.choices[0]?.message.content).toBe('Done.');
    expect(second.usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(0);
  });

  it('puts the same together from a stream, with tokens', async () => {
    const { url } = await playing(twoCalls);
    const stream = openai(url).chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
    const whole = await stream.finalChatCompletion();
    expect(whole.choices[0]?.message.tool_calls).toHaveLength(2);
    expect(whole.usage?.completion_tokens).toBeGreaterThan(0);
  });

  it('hears an error in the stream', async () => {
    const { url } = await playing('{ steps: [{ say: some words }], faults: [{ fault: error-event }, { fault: { kind: server } }] }');
    const stream = openai(url).chat.completions.stream(ask);
    await expect(stream.finalChatCompletion()).rejects.toThrow(/Overloaded/);
    await expect(openai(url).chat.completions.create(ask)).rejects.toBeInstanceOf(OpenAI.InternalServerError);
  });
});

describe("OpenAI's client, Responses", () => {
  const tools = [{ type: 'function' as const, name: 'exec_command', strict: false, parameters }];
  const ask = { model: 'twin', tools, input: task };

  it('gets words and two calls at once, and an end', async () => {
    const { url } = await playing(twoCalls);
    const client = openai(url);
    const first = await client.responses.create(ask);
    expect(first.output_text).toBe('I look.');
    const calls = first.output.flatMap((item) => (item.type === 'function_call' ? [item] : []));
    expect(calls.map((call) => JSON.parse(call.arguments))).toEqual([{ command: 'ls' }, { command: "echo 'ö'" }]);
    const input = calls.map((call) => ({ type: 'function_call_output' as const, call_id: call.call_id, output: 'a' }));
    const second = await client.responses.create({ ...ask, input, previous_response_id: first.id });
    expect([second.status, second.output_text]).toEqual(['completed', 'Done.']);
  });

  it('puts the same together from a stream', async () => {
    const { url, tape } = await playing(twoCalls);
    const whole = await openai(url).responses.stream(ask).finalResponse();
    expect(whole.output.map(({ type }) => type)).toEqual(['message', 'function_call', 'function_call']);
    const { usage } = await tape.seen(({ kind }) => kind === 'main');
    expect(whole.usage?.total_tokens).toBe((usage?.input ?? 0) + (usage?.output ?? 0));
  });

  it('fills a schema with the value of the script', async () => {
    const { url } = await playing('steps: [{ json: { kind: bug } }]');
    const format = { type: 'json_schema' as const, name: 'answer', schema: { type: 'object' } };
    const parsed = await openai(url).responses.parse({ model: 'twin', input: task, text: { format } });
    expect(parsed.output_parsed).toEqual({ kind: 'bug' });
  });

  it('hears errors as what they are', async () => {
    const { url } = await playing('{ steps: [{ say: a }], faults: [{ fault: context-overflow }, { fault: error-event }] }');
    await expect(openai(url).responses.create(ask)).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
    await expect(openai(url).responses.stream(ask).finalResponse()).rejects.toThrow(/Overloaded/);
  });
});

describe("Google's client", () => {
  const declaration = { name: 'run_shell_command', parametersJsonSchema: parameters };
  const ask = { model: 'twin', contents: task, config: { tools: [{ functionDeclarations: [declaration] }] } };

  it('gets words and two calls at once, and an end', async () => {
    const { url } = await playing(twoCalls);
    const client = google(url);
    const first = await client.models.generateContent(ask);
    expect(first.functionCalls?.map(({ args }) => args)).toEqual([{ command: 'ls' }, { command: "echo 'ö'" }]);
    const said = first.candidates?.[0]?.content ?? {};
    const results = (first.functionCalls ?? []).map(({ id = '', name = '' }) => ({
      functionResponse: { id, name, response: { output: 'a' } },
    }));
    const contents = [{ role: 'user', parts: [{ text: task }] }, said, { role: 'user', parts: results }];
    const second = await client.models.generateContent({ ...ask, contents });
    expect(second.text).toBe('Done.');
    expect(second.usageMetadata?.cachedContentTokenCount).toBeGreaterThan(0);
  });

  it('puts the same together from a stream', async () => {
    const { url } = await playing(twoCalls);
    const calls: unknown[] = [];
    let text = '';
    for await (const chunk of await google(url).models.generateContentStream(ask)) {
      calls.push(...(chunk.functionCalls ?? []).map(({ args }) => args));
      text += chunk.candidates?.[0]?.content?.parts?.map((part) => part.text ?? '').join('') ?? '';
    }
    expect([text, calls]).toEqual(['I look.', [{ command: 'ls' }, { command: "echo 'ö'" }]]);
  });

  it('hears errors as what they are, counts tokens and lists models', async () => {
    const { url } = await playing('{ steps: [{ say: a }], faults: [{ fault: { kind: quota, retryAfter: 3 } }] }');
    const limited = await google(url)
      .models.generateContent(ask)
      .catch((error: unknown) => String(error));
    expect(limited).toMatch(/RESOURCE_EXHAUSTED.*"retryDelay":"3s"/);
    expect((await google(url).models.countTokens({ model: 'twin', contents: task })).totalTokens).toBeGreaterThan(0);
    expect((await google(url).models.list()).page.map(({ name }) => name)).toEqual(['models/twin']);
  });
});
