import { z } from 'zod';
import type { ModelCall, Part, ToolChoice, Turn } from '../../call.ts';
import type { Reading } from '../dialect.ts';
import { parsedArguments, reading, textOf, textParts } from '../read-parts.ts';

const Message = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
  tool_calls: z
    .array(z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.string() }).optional() }))
    .nullish(),
  tool_call_id: z.string().optional(),
});
const Body = z.looseObject({
  model: z.string().min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  messages: z.array(Message).min(1),
  tools: z
    .array(z.looseObject({ type: z.string(), function: z.looseObject({ name: z.string(), parameters: z.json().optional() }).optional() }))
    .nullish(),
  tool_choice: z.union([z.string(), z.looseObject({ function: z.looseObject({ name: z.string() }).optional() })]).nullish(),
  response_format: z.looseObject({ type: z.string(), json_schema: z.looseObject({ schema: z.json().optional() }).optional() }).nullish(),
});
type Body = z.infer<typeof Body>;
type Message = z.infer<typeof Message>;

/** Reads a request to `/v1/chat/completions`. */
export function readChat(body: unknown): Reading {
  return reading(Body, body, (parsed): ModelCall => {
    const { model, stream, stream_options: options, messages, tools, tool_choice: choice, response_format: format } = parsed;
    return {
      protocol: 'chat',
      model,
      stream: stream ?? false,
      streamUsage: options?.include_usage ?? false,
      system: messages.filter(isSystem).map(textOf).join('\n'),
      turns: messages.filter((message) => !isSystem(message)).map(turnOf),
      tools: (tools ?? []).flatMap(({ function: own }) =>
        own === undefined ? [] : [{ name: own.name, namespace: null, input: 'object', parameters: own.parameters ?? null } as const],
      ),
      toolChoice: choiceOf(choice),
      schema: format?.json_schema?.schema ?? null,
      mayThink: true,
      chunks: [...(tools ?? []), ...messages].map((block) => ({ text: JSON.stringify(block), keep: false })),
    };
  });
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

function turnOf({ role, content, tool_calls: calls, tool_call_id: id = '' }: Message): Turn {
  if (role === 'tool') return { role: 'user', parts: [{ kind: 'result', id, text: textOf(content) }] };
  const made = (calls ?? []).flatMap(({ id: own, function: called }): Part[] =>
    called === undefined ? [] : [{ kind: 'call', id: own, name: called.name, input: parsedArguments(called.arguments) }],
  );
  return { role: role === 'assistant' ? 'assistant' : 'user', parts: [...textParts(content ?? ''), ...made] };
}

function choiceOf(choice: Body['tool_choice']): ToolChoice {
  if (choice === 'none') return { kind: 'none' };
  if (choice === 'required') return { kind: 'any' };
  const name = typeof choice === 'object' ? choice?.function?.name : undefined;
  return name === undefined ? { kind: 'free' } : { kind: 'tool', name };
}
