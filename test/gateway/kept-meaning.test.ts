import { afterEach, describe, expect, it } from 'vitest';
import { http, message, rawUpstream, type RawUpstream } from './raw-upstream.ts';
import { modelAt, serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const said = (text: string): string =>
  JSON.stringify({ id: 'c', choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }] });

interface Asked {
  readonly served: Served;
  readonly upstream: RawUpstream;
  ask(path: string, body: object): Promise<{ readonly status: number; readonly body: unknown }>;
  sent(): unknown;
}

/** A gateway whose one model runs at a provider that speaks another protocol than its callers. */
async function gatewayTo(protocol: string, answer: string, name = 'twin'): Promise<Asked> {
  const upstream = await rawUpstream((socket) => socket.write(http(200, answer)));
  const served = await serve({ a: { base: upstream.url, protocols: [protocol] } }, { models: { strong: modelAt([`a/${name}`]) } });
  open.push(upstream, served);
  return {
    served,
    upstream,
    async ask(path, body) {
      const headers = { 'content-type': 'application/json', 'x-api-key': served.token };
      const response = await fetch(`${served.url}${path}`, { method: 'POST', headers, body: JSON.stringify({ model: 'coder', ...body }) });
      return { status: response.status, body: await response.json() };
    },
    sent: () => JSON.parse(upstream.requests.at(-1)?.split('\r\n\r\n')[1] ?? 'null'),
  };
}

const hello = { messages: [{ role: 'user', content: 'Hello' }] };

describe('a translated request to Chat Completions', () => {
  it.each([
    ['openai/gpt-5-mini', { max_completion_tokens: 99 }, 'max_tokens'],
    ['qwen3-coder', { max_tokens: 99 }, 'max_completion_tokens'],
  ])('calls its limit what the model of the upstream takes: %s', async (name, told, other) => {
    const { ask, sent } = await gatewayTo('chat', said('Fine.'), name);
    expect((await ask('/v1/messages', { ...hello, max_tokens: 99 })).status).toBe(200);
    expect(sent()).toMatchObject({ model: name, ...told });
    expect(sent()).not.toHaveProperty(other);
  });
});

describe('JSON without a schema, of an upstream that knows it by a schema alone', () => {
  it('is asked for in words, which the record tells', async () => {
    const { served, ask, sent } = await gatewayTo('messages', message);
    const messages = [{ role: 'system', content: 'Be brief.' }, ...hello.messages];
    expect((await ask('/v1/chat/completions', { messages, response_format: { type: 'json_object' } })).status).toBe(200);
    expect(sent()).toMatchObject({
      system: [{ text: 'Be brief.' }, { text: expect.stringMatching(/^Answer with one JSON value, .* and with nothing else/) }],
      messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
    });
    expect(served.calls[0]?.tries[0]?.leftOut).toEqual([expect.stringContaining('JSON without a schema')]);
  });
});

describe('a request of Gemini with one where a list may stand', () => {
  it('is understood as its own API does', async () => {
    const { ask, sent } = await gatewayTo('chat', said('Fine.'));
    const response = await ask('/v1beta/models/coder:generateContent', {
      system_instruction: { parts: { text: 'Be brief.' } },
      contents: { parts: { text: 'Hello' } },
      tools: { function_declarations: { name: 'look' } },
    });
    expect(response.status).toBe(200);
    expect(sent()).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      tools: [{ function: { name: 'look' } }],
    });
  });
});

describe('texts that stop the answer, to an upstream that knows none', () => {
  const answer = JSON.stringify({
    id: 'r',
    object: 'response',
    status: 'completed',
    output: [{ type: 'message', id: 'x', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'one END two' }] }],
    usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 },
  });

  it('stop it all the same, and all its tokens count', async () => {
    const { served, ask, sent } = await gatewayTo('responses', answer);
    expect(await ask('/v1/messages', { ...hello, max_tokens: 99, stop_sequences: ['END'] })).toMatchObject({
      status: 200,
      body: {
        content: [{ type: 'text', text: 'one ' }],
        stop_reason: 'stop_sequence',
        stop_sequence: 'END',
        usage: { input_tokens: 5, output_tokens: 7 },
      },
    });
    expect(JSON.stringify(sent())).not.toContain('END');
    expect(served.calls[0]).toMatchObject({ tries: [{ outcome: 'content', leftOut: [] }], usage: { output: 7 } });
  });

  it('are not told to a newer model of OpenAI over Chat Completions, which refuses them', async () => {
    const { ask, sent } = await gatewayTo('chat', said('one END two'), 'gpt-5');
    expect(await ask('/v1/messages', { ...hello, max_tokens: 99, stop_sequences: ['END'] })).toMatchObject({
      status: 200,
      body: { content: [{ text: 'one ' }], stop_sequence: 'END' },
    });
    expect(sent()).not.toHaveProperty('stop');
  });
});
