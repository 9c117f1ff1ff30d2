import Anthropic from '@anthropic-ai/sdk';
import { type Content, GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import type { Protocol } from '../../src/plant/gateway/translate/index.ts';

/** What a vendor's own client makes of a whole task: words and calls of the first answer, words of the second. */
export interface Done {
  readonly text: string;
  readonly calls: readonly unknown[];
  readonly stop: unknown;
  readonly model: unknown;
  readonly last: string;
  readonly input: number;
  readonly output: number;
}

const parameters = { type: 'object' as const, properties: { command: { type: 'string' } }, required: ['command'] };
const task = 'Do it.';
const result = 'a result';

/** Lets each vendor's client do a task of two calls at once, over its own API, and hand back their results. */
export const clients: Readonly<Record<Protocol, (url: string, stream: boolean) => Promise<Done>>> = {
  async messages(url, stream) {
    const client = new Anthropic({ baseURL: url, apiKey: 'key-of-the-test', maxRetries: 0 });
    const tools = [{ name: 'Bash', input_schema: parameters }];
    const ask = { model: 'alias', max_tokens: 2_000, tools, messages: [{ role: 'user' as const, content: task }] };
    const send = async (body: typeof ask): Promise<Anthropic.Message> =>
      stream ? client.messages.stream(body).finalMessage() : client.messages.create(body);
    const first = await send(ask);
    const calls = first.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
    const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: result }));
    const messages = [...ask.messages, { role: 'assistant' as const, content: first.content }, { role: 'user' as const, content: results }];
    const second = await send({ ...ask, messages: messages as typeof ask.messages }); // they take more than a text
    const textOf = ({ content }: Anthropic.Message): string => content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    return {
      text: textOf(first),
      calls: calls.map(({ input }) => input),
      stop: first.stop_reason,
      model: first.model,
      last: textOf(second),
      input: first.usage.input_tokens,
      output: first.usage.output_tokens,
    };
  },
  async chat(url, stream) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'key-of-the-test', maxRetries: 0 });
    const tools = [{ type: 'function' as const, function: { name: 'shell', parameters } }];
    const send = async (messages: OpenAI.ChatCompletionMessageParam[]): Promise<OpenAI.ChatCompletion> =>
      stream
        ? client.chat.completions.stream({ model: 'alias', tools, messages, stream_options: { include_usage: true } }).finalChatCompletion()
        : client.chat.completions.create({ model: 'alias', tools, messages });
    const first = await send([{ role: 'user', content: task }]);
    const said = first.choices[0]?.message;
    const calls = (said?.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call] : []));
    const results = calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: result }));
    const back = { role: 'assistant' as const, content: said?.content ?? null, tool_calls: calls };
    const second = await send([{ role: 'user', content: task }, back, ...results]);
    return {
      text: said?.content ?? '',
      calls: calls.map((call) => JSON.parse(call.function.arguments)),
      stop: first.choices[0]?.finish_reason,
      model: first.model,
      last: second.choices[0]?.message.content ?? '',
      input: first.usage?.prompt_tokens ?? 0,
      output: first.usage?.completion_tokens ?? 0,
    };
  },
  async responses(url, stream) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'key-of-the-test', maxRetries: 0 });
    const tools = [{ type: 'function' as const, name: 'exec_command', strict: false, parameters }];
    const send = async (input: OpenAI.Responses.ResponseInput): Promise<OpenAI.Responses.Response> =>
      stream
        ? client.responses.stream({ model: 'alias', tools, input }).finalResponse()
        : client.responses.create({ model: 'alias', tools, input });
    const first = await send([{ role: 'user', content: task }]);
    const calls = first.output.flatMap((item) => (item.type === 'function_call' ? [item] : []));
    const results = calls.map(({ call_id }) => ({ type: 'function_call_output' as const, call_id, output: result }));
    const said = first.output as OpenAI.Responses.ResponseInput; // what comes out may go in
    const second = await send([{ role: 'user', content: task }, ...said, ...results]);
    return {
      text: first.output_text || wordsOf(first),
      calls: calls.map((call) => JSON.parse(call.arguments)),
      stop: first.status,
      model: first.model,
      last: second.output_text || wordsOf(second),
      input: first.usage?.input_tokens ?? 0,
      output: first.usage?.output_tokens ?? 0,
    };
  },
  async 'generate-content'(url, stream) {
    const client = new GoogleGenAI({ apiKey: 'key-of-the-test', httpOptions: { baseUrl: url } });
    const config = { tools: [{ functionDeclarations: [{ name: 'run_shell_command', parametersJsonSchema: parameters }] }] };
    const send = async (contents: Content[]): Promise<Heard> => {
      const ask = { model: 'alias', contents, config };
      const heard: Heard = { parts: [], usage: undefined, stop: undefined, model: undefined };
      const answers = stream ? await client.models.generateContentStream(ask) : [await client.models.generateContent(ask)];
      for await (const { candidates, usageMetadata, modelVersion } of answers) {
        heard.parts.push(...(candidates?.[0]?.content?.parts ?? []));
        heard.stop = candidates?.[0]?.finishReason ?? heard.stop;
        [heard.usage, heard.model] = [usageMetadata ?? heard.usage, modelVersion];
      }
      return heard;
    };
    const first = await send([{ role: 'user', parts: [{ text: task }] }]);
    const calls = first.parts.flatMap(({ functionCall }) => (functionCall === undefined ? [] : [functionCall]));
    const results = calls.map(({ id = '', name = '' }) => ({ functionResponse: { id, name, response: { output: result } } }));
    const second = await send([
      { role: 'user', parts: [{ text: task }] },
      { role: 'model', parts: first.parts },
      { role: 'user', parts: results },
    ]);
    const said = ({ parts }: Heard): string => parts.map(({ text, thought }) => (thought === true ? '' : (text ?? ''))).join('');
    return {
      text: said(first),
      calls: calls.map(({ args }) => args),
      stop: first.stop,
      model: first.model,
      last: said(second),
      input: first.usage?.promptTokenCount ?? 0,
      output: (first.usage?.candidatesTokenCount ?? 0) + (first.usage?.thoughtsTokenCount ?? 0),
    };
  },
};

interface Heard {
  readonly parts: NonNullable<Content['parts']>;
  usage: { promptTokenCount?: number; candidatesTokenCount?: number; thoughtsTokenCount?: number } | undefined;
  stop: unknown;
  model: unknown;
}

function wordsOf({ output }: OpenAI.Responses.Response): string {
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  return parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
}
