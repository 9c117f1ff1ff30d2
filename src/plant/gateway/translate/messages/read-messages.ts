import { z } from 'zod';
import type { Conversation, Thinking, ToolChoice } from '../conversation/conversation.ts';
import { effortOf, maybe, readBody, samplingOf } from '../conversation/read-body.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { Blocks, turnOf } from './read-blocks.ts';
import { MessagesTool, messagesTools } from './read-tools.ts';

const Content = z.union([z.string(), Blocks]);
const Body = z.object({
  model: z.string().min(1),
  max_tokens: maybe.number,
  stream: maybe.flag,
  system: Content.nullish(),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant', 'system']), content: Content })).min(1),
  tools: z.array(MessagesTool).nullish(),
  tool_choice: z.object({ type: z.string(), name: maybe.text, disable_parallel_tool_use: maybe.flag }).nullish(),
  thinking: z.object({ type: z.string(), budget_tokens: maybe.number }).nullish(),
  output_config: z.object({ effort: maybe.text, format: z.object({ type: z.string(), schema: maybe.any }).nullish() }).nullish(),
  temperature: maybe.number,
  top_p: maybe.number,
  top_k: maybe.number,
  stop_sequences: z.array(z.string()).nullish(),
  mcp_servers: z.array(z.unknown()).nullish(),
  container: maybe.any,
});
type Body = z.infer<typeof Body>;

/** Reads a request to `/v1/messages`. */
export function readMessages(body: unknown, remarks: Remarks): Conversation | null {
  const parsed = readBody(Body, body, remarks);
  if (parsed === null) return null;
  const { model, stream, system, messages, tools, tool_choice: choice, output_config: output } = parsed;
  if ((parsed.mcp_servers ?? []).length > 0)
    remarks.refuse('mcp_servers: only Anthropic connects to servers by itself; connect them in the agent.');
  if (parsed.container != null) remarks.refuse('container: a container of Anthropic cannot be reached by another provider.');
  const turns = messages.map((message) => turnOf(message, remarks));
  const thinking = thinkingOf(parsed);
  return {
    alias: model,
    stream: stream ?? false,
    streamUsage: true,
    system: systemTexts(system),
    turns,
    tools: messagesTools(tools ?? [], messages, choice?.type === 'tool' ? (choice.name ?? null) : null, remarks),
    toolChoice: choiceOf(choice),
    parallelCalls: choice?.disable_parallel_tool_use == null ? null : !choice.disable_parallel_tool_use,
    maxTokens: parsed.max_tokens ?? null,
    sampling: samplingOf({ temperature: parsed.temperature, topP: parsed.top_p, topK: parsed.top_k, stop: parsed.stop_sequences ?? [] }),
    thinking,
    showThoughts: thinking?.kind === 'on',
    format: output?.format == null ? null : { kind: 'schema', name: 'answer', schema: output.format.schema, strict: true },
  };
}

/** A line that changes with every release of an agent, and tells a model nothing: it would only spoil the cache. */
const attribution = 'x-anthropic-billing-header';

function systemTexts(system: Body['system']): readonly string[] {
  const texts = typeof system === 'string' ? [system] : (system ?? []).map(({ text }) => text ?? '');
  return texts.filter((text) => text !== '' && !text.startsWith(attribution));
}

function thinkingOf({ thinking, output_config: output }: Body): Thinking | null {
  if (thinking?.type === 'disabled') return { kind: 'off' };
  const effort = effortOf(output?.effort);
  return thinking == null ? null : { kind: 'on', effort, budget: thinking.budget_tokens ?? null };
}

function choiceOf(choice: Body['tool_choice']): ToolChoice {
  if (choice?.type === 'tool' && choice.name != null) return { kind: 'tool', name: choice.name };
  if (choice?.type === 'any') return { kind: 'any' };
  return { kind: choice?.type === 'none' ? 'none' : 'free' };
}
