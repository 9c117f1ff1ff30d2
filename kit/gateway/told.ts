import { z } from 'zod';
import type { LaneTongue } from './lane.ts';

/** What an upstream was told, in short words that are the same for every API. */
export interface Told {
  readonly system: readonly string[];
  /** A role, and what it said: `text …`, `image …`, `call id name {…}`, `result id …`, `error id …`, `thought …`. */
  readonly turns: readonly (readonly [string, readonly string[]])[];
  readonly tools: readonly { readonly name: unknown; readonly parameters: unknown }[];
  readonly limit: unknown;
  readonly mustCall: boolean;
}

type Members = { readonly [member: string]: unknown };

/** Reads a request as its upstream does. */
export function toldTo(tongue: LaneTongue, body: unknown): Told {
  return readers[tongue](membersOf(body));
}

const readers: Readonly<Record<LaneTongue, (body: Members) => Told>> = {
  messages: (body) => ({
    system: listOf(body['system']).map((block) => String(block['text'])),
    turns: listOf(body['messages']).map(({ role, content }) => [String(role), listOf(content).flatMap(messagesPart)]),
    tools: listOf(body['tools']).map(({ name, input_schema: own }) => ({ name, parameters: own })),
    limit: body['max_tokens'],
    mustCall: membersOf(body['tool_choice'])['type'] === 'any',
  }),
  responses: (body) => ({
    system: typeof body['instructions'] === 'string' ? [body['instructions']] : [],
    turns: joined(listOf(body['input']).map(responsesTurn)),
    tools: listOf(body['tools']).map(({ name, parameters }) => ({ name, parameters })),
    limit: body['max_output_tokens'],
    mustCall: body['tool_choice'] === 'required',
  }),
  chat: (body) => {
    const messages = listOf(body['messages']);
    const first = messages.findIndex(({ role }) => role !== 'system');
    return {
      system: messages.slice(0, first).map(({ content }) => String(content)),
      turns: joined(messages.slice(first).map(chatTurn)),
      tools: listOf(body['tools']).map((tool) => {
        const { name, parameters } = membersOf(tool['function']);
        return { name, parameters };
      }),
      limit: body['max_completion_tokens'] ?? body['max_tokens'],
      mustCall: body['tool_choice'] === 'required',
    };
  },
  'generate-content': (body) => ({
    system: listOf(membersOf(body['systemInstruction'])['parts']).map(({ text }) => String(text)),
    turns: listOf(body['contents']).map(({ role, parts }) => [
      role === 'model' ? 'assistant' : String(role),
      listOf(parts).flatMap(geminiPart),
    ]),
    tools: listOf(listOf(body['tools'])[0]?.['functionDeclarations']).map(({ name, parametersJsonSchema }) => ({
      name,
      parameters: parametersJsonSchema,
    })),
    limit: membersOf(body['generationConfig'])['maxOutputTokens'],
    mustCall: membersOf(membersOf(body['toolConfig'])['functionCallingConfig'])['mode'] === 'ANY',
  }),
  sdk: (body) => {
    const messages = listOf(body['prompt']);
    const said = messages.filter(({ role }) => role !== 'system');
    return {
      system: messages.filter(({ role }) => role === 'system').map(({ content }) => String(content)),
      turns: joined(said.map(({ role, content }) => [role === 'tool' ? 'user' : String(role), listOf(content).map(sdkPart)])),
      tools: listOf(body['tools']).map(({ name, inputSchema }) => ({ name, parameters: inputSchema })),
      limit: body['maxOutputTokens'],
      mustCall: membersOf(body['toolChoice'])['type'] === 'required',
    };
  },
};

function messagesPart(block: Members): readonly string[] {
  const { type, text, source, id, name, input, tool_use_id: of, content, is_error: isError } = block;
  if (type === 'text') return [`text ${String(text)}`];
  if (type === 'image') return [`image ${String(membersOf(source)['data'])}`];
  if (type === 'tool_use') return [`call ${String(id)} ${String(name)} ${JSON.stringify(input)}`];
  if (type !== 'tool_result') return [`thought ${JSON.stringify(block)}`];
  return [[isError === true ? 'error' : 'result', of, ...listOf(content).flatMap(messagesPart)].join(' ')];
}

function responsesTurn(item: Members): readonly [string, readonly string[]] {
  const { type, role, call_id: id, name, arguments: given, output, content } = item;
  if (type === 'function_call') return ['assistant', [`call ${String(id)} ${String(name)} ${String(given)}`]];
  if (type === 'function_call_output') {
    const said = typeof output === 'string' ? [`text ${output}`] : listOf(output).map(responsesPart);
    return ['user', [`result ${String(id)} ${said.join(' ')}`]];
  }
  return type === 'message' ? [String(role), listOf(content).map(responsesPart)] : ['assistant', [`thought ${JSON.stringify(item)}`]];
}

function responsesPart({ type, text, image_url: url }: Members): string {
  return type === 'input_image' ? `image ${bytesIn(url)}` : `text ${String(text)}`;
}

function chatTurn(message: Members): readonly [string, readonly string[]] {
  const { role, content, tool_calls: calls, tool_call_id: id } = message;
  if (role === 'tool') return ['user', [`result ${String(id)} text ${String(content)}`]];
  const said = typeof content === 'string' ? [`text ${content}`] : listOf(content).map(chatPart);
  const made = listOf(calls).map((call) => {
    const own = membersOf(call['function']);
    return `call ${String(call['id'])} ${String(own['name'])} ${String(own['arguments'])}`;
  });
  return [String(role), [...said, ...made]];
}

function chatPart({ type, text, image_url: image }: Members): string {
  return type === 'image_url' ? `image ${bytesIn(membersOf(image)['url'])}` : `text ${String(text)}`;
}

function geminiPart(part: Members): readonly string[] {
  const { text, inlineData, functionCall, functionResponse } = part;
  if (inlineData !== undefined) return [`image ${String(membersOf(inlineData)['data'])}`];
  const call = membersOf(functionCall);
  if (functionCall !== undefined) return [`call ${String(call['id'])} ${String(call['name'])} ${JSON.stringify(call['args'])}`];
  if (functionResponse === undefined) return part['thought'] === true ? [`thought ${String(text)}`] : [`text ${String(text)}`];
  const { id, response } = membersOf(functionResponse);
  const [[kind, said] = []] = Object.entries(membersOf(response));
  return [`${kind === 'error' ? 'error' : 'result'} ${String(id)} text ${String(said)}`];
}

function sdkPart({ type, text, data, toolCallId: id, toolName: name, input, output }: Members): string {
  if (type === 'text') return `text ${String(text)}`;
  if (type === 'file') return `image ${String(data)}`;
  if (type === 'tool-call') return `call ${String(id)} ${String(name)} ${JSON.stringify(input)}`;
  if (type !== 'tool-result') return `thought ${String(text)}`;
  const { value } = membersOf(output);
  const said = typeof value === 'string' ? [`text ${value}`] : listOf(value).map(innerPart);
  return `result ${String(id)} ${said.join(' ')}`;
}

function innerPart({ type, text, data }: Members): string {
  return type === 'text' ? `text ${String(text)}` : `image ${String(data)}`;
}

function bytesIn(url: unknown): string {
  return String(url).replace(/^data:image\/png;base64,/, '');
}

function joined(turns: readonly (readonly [string, readonly string[]])[]): Told['turns'] {
  const out: [string, string[]][] = [];
  for (const [role, parts] of turns) {
    const last = out.at(-1);
    if (last?.[0] === role) last[1].push(...parts);
    else out.push([role, [...parts]]);
  }
  return out;
}

const Any = z.record(z.string(), z.unknown());

function membersOf(value: unknown): Members {
  return Any.safeParse(value).data ?? {};
}

function listOf(value: unknown): readonly Members[] {
  return z.array(Any).safeParse(value).data ?? [];
}
