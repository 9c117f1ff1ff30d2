import { z } from 'zod';
import type { Json } from '../../../../../core/base/json.ts';
import type { Chunk, ModelCall, Part, Tool, ToolChoice, Turn } from '../../call.ts';
import type { Reading } from '../dialect.ts';
import { reading, textOf, textParts, Typed, withoutCacheHints } from '../read-parts.ts';

const Content = z.union([z.string(), z.array(Typed)]);
const Body = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.number().int().min(1).optional(),
  stream: z.boolean().default(false),
  system: Content.optional(),
  messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content: Content })).min(1),
  tools: z.array(z.looseObject({ name: z.string(), input_schema: z.json().optional(), defer_loading: z.boolean().optional() })).default([]),
  tool_choice: z.looseObject({ type: z.string(), name: z.string().optional() }).optional(),
  thinking: z.looseObject({ type: z.string() }).optional(),
  output_config: z.looseObject({ format: z.looseObject({ schema: z.json().optional() }).nullish() }).optional(),
});
type Body = z.infer<typeof Body>;

/** Reads a request to `/v1/messages`. */
export function readMessages(body: unknown): Reading {
  return reading(Body, body, (parsed): ModelCall => {
    const { model, stream, system, messages, tool_choice: choice, thinking, output_config: output } = parsed;
    return {
      protocol: 'messages',
      model,
      stream,
      streamUsage: true,
      system: textOf(system),
      turns: messages.map(turnOf),
      tools: toolsOf(parsed),
      toolChoice: choiceOf(choice),
      schema: output?.format?.schema ?? null,
      mayThink: thinking !== undefined && thinking.type !== 'disabled',
      chunks: chunksOf(parsed),
    };
  });
}

function turnOf({ role, content }: Body['messages'][number]): Turn {
  return { role, parts: typeof content === 'string' ? textParts(content) : content.flatMap(partsOf) };
}

function partsOf(block: Typed): readonly Part[] {
  const { type, id, name, input, tool_use_id: of, content } = block;
  if (type === 'tool_use') return [{ kind: 'call', id: String(id), name: String(name), input: (input ?? null) as Json }]; // it came as JSON
  if (type === 'tool_result') return [{ kind: 'result', id: String(of), text: textOf(content) }];
  return type === 'text' ? textParts(block) : [];
}

/** A tool whose loading is deferred is offered once it was found, and that is said in the conversation. */
function toolsOf({ tools, messages }: Body): readonly Tool[] {
  const found = new Set(messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content.flatMap(foundTools))));
  return tools
    .filter(({ name, defer_loading: deferred }) => deferred !== true || found.has(name))
    .map(({ name, input_schema: parameters }) => ({ name, namespace: null, input: 'object', parameters: parameters ?? null }));
}

function foundTools({ type, content }: Typed): readonly string[] {
  if (type !== 'tool_result' || !Array.isArray(content)) return [];
  return content.flatMap((block: unknown) => {
    const named = typeof block === 'object' && block !== null && 'tool_name' in block;
    return named && typeof block.tool_name === 'string' ? [block.tool_name] : [];
  });
}

function choiceOf(choice: Body['tool_choice']): ToolChoice {
  if (choice?.type === 'tool') return { kind: 'tool', name: choice.name ?? '' };
  if (choice?.type === 'any') return { kind: 'any' };
  return { kind: choice?.type === 'none' ? 'none' : 'free' };
}

/** In the order in which they are cached: tools, system, messages. */
function chunksOf({ tools, system, messages }: Body): readonly Chunk[] {
  const blocks = [...tools, ...listOf(system), ...messages.flatMap(({ role, content }) => [{ role }, ...listOf(content)])];
  return blocks.map((block) => ({ text: withoutCacheHints(block), keep: typeof block === 'object' && 'cache_control' in block }));
}

function listOf(content: Body['system']): readonly (string | Typed)[] {
  if (content === undefined) return [];
  return typeof content === 'string' ? [content] : content;
}
