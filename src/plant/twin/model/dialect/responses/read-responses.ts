import { z } from 'zod';
import type { Json } from '../../../../../core/base/json.ts';
import type { ModelCall, Part, Tool, ToolChoice, Turn } from '../../call.ts';
import type { Reading } from '../dialect.ts';
import { parsedArguments, reading, textOf, textParts } from '../read-parts.ts';

const Item = z.looseObject({ type: z.string().optional(), role: z.string().optional() });
const ToolItem = z.looseObject({ type: z.string(), name: z.string().optional(), parameters: z.json().optional() });
const Body = z.looseObject({
  model: z.string().min(1),
  stream: z.boolean().nullish(),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(Item)]),
  tools: z.array(ToolItem.extend({ tools: z.array(ToolItem).optional() })).nullish(),
  tool_choice: z.union([z.string(), z.looseObject({ type: z.string(), name: z.string().optional() })]).nullish(),
  text: z.looseObject({ format: z.looseObject({ schema: z.json().optional() }).nullish() }).nullish(),
  reasoning: z.looseObject({}).nullish(),
});
type Body = z.infer<typeof Body>;
type Item = z.infer<typeof Item>;

/** Reads a request to `/v1/responses`. */
export function readResponses(body: unknown): Reading {
  return reading(Body, body, (parsed): ModelCall => {
    const { model, stream, instructions, tools, tool_choice: choice, text, reasoning } = parsed;
    const items = typeof parsed.input === 'string' ? [{ type: 'message', role: 'user', content: parsed.input }] : parsed.input;
    const blocks = [...(tools ?? []), instructions ?? '', ...items];
    return {
      protocol: 'responses',
      model,
      stream: stream ?? false,
      streamUsage: true,
      system: [instructions ?? '', ...items.filter(isOfDeveloper).map(textOf)].filter(Boolean).join('\n'),
      turns: items.filter((item) => !isOfDeveloper(item)).flatMap(turnOf),
      tools: (tools ?? []).flatMap(toolsOf),
      toolChoice: choiceOf(choice),
      schema: text?.format?.schema ?? null,
      mayThink: reasoning != null,
      chunks: blocks.map((block) => ({ text: JSON.stringify(block), keep: false })),
    };
  });
}

function isOfDeveloper({ role }: Item): boolean {
  return role === 'developer' || role === 'system';
}

function turnOf(item: Item): readonly Turn[] {
  const { type = 'message', role } = item;
  if (type === 'message') return [{ role: role === 'assistant' ? 'assistant' : 'user', parts: textParts(item['content']) }];
  const part = partOf(type, item);
  return part === null ? [] : [{ role: part.kind === 'call' ? 'assistant' : 'user', parts: [part] }];
}

function partOf(type: string, { call_id: id, name, arguments: given, input, output }: Item): Part | null {
  if (type.endsWith('_call_output')) return { kind: 'result', id: String(id), text: textOf(output) };
  if (type === 'function_call') return { kind: 'call', id: String(id), name: String(name), input: parsedArguments(String(given)) };
  return type === 'custom_tool_call' ? { kind: 'call', id: String(id), name: String(name), input: String(input) } : null;
}

function toolsOf({ type, name = '', parameters, tools }: NonNullable<Body['tools']>[number]): readonly Tool[] {
  if (type === 'namespace') return (tools ?? []).flatMap((tool) => toolsOf(tool).map((own) => ({ ...own, namespace: name })));
  if (type === 'function') return [{ name, namespace: null, input: 'object', parameters: parameters ?? null }];
  return type === 'custom' ? [{ name, namespace: null, input: 'text', parameters: null as Json }] : [];
}

function choiceOf(choice: Body['tool_choice']): ToolChoice {
  if (choice == null || choice === 'auto') return { kind: 'free' };
  if (typeof choice === 'string') return { kind: choice === 'none' ? 'none' : choice === 'required' ? 'any' : 'free' };
  return choice.name === undefined ? { kind: 'free' } : { kind: 'tool', name: choice.name };
}
