import { z } from 'zod';
import { withAllowed } from '../conversation/allowed-tools.ts';
import type { Conversation, Format, Thinking, ToolChoice } from '../conversation/conversation.ts';
import { offeredWithout } from '../conversation/hosted-tools.ts';
import { effortOf, maybe, readBody, samplingOf } from '../conversation/read-body.ts';
import { refuseLogprobs } from '../conversation/logprobs.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { ChatMessage, turnOf } from './read-message.ts';

const Named = z.object({ name: z.string() });
const ChatTool = z.object({
  type: z.string(),
  function: Named.extend({ description: maybe.text, parameters: maybe.any, strict: maybe.flag }).nullish(),
  custom: Named.extend({ description: maybe.text, format: maybe.any }).nullish(),
});
const Choice = z.union([
  z.string(),
  z.object({
    type: z.string(),
    function: Named.nullish(),
    custom: Named.nullish(),
    allowed_tools: z.object({ mode: maybe.text, tools: z.array(z.object({ function: Named.nullish() })) }).nullish(),
  }),
]);
const Body = z.object({
  model: z.string().min(1),
  stream: maybe.flag,
  stream_options: z.object({ include_usage: maybe.flag }).nullish(),
  messages: z.array(ChatMessage).min(1),
  tools: z.array(ChatTool).nullish(),
  tool_choice: Choice.nullish(),
  parallel_tool_calls: maybe.flag,
  max_completion_tokens: maybe.number,
  max_tokens: maybe.number,
  temperature: maybe.number,
  top_p: maybe.number,
  top_k: maybe.number,
  seed: maybe.number,
  presence_penalty: maybe.number,
  frequency_penalty: maybe.number,
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  reasoning_effort: maybe.text,
  response_format: z
    .object({ type: z.string(), json_schema: z.object({ name: maybe.text, schema: maybe.any, strict: maybe.flag }).nullish() })
    .nullish(),
  n: maybe.number,
  modalities: z.array(z.string()).nullish(),
  logprobs: maybe.flag,
  top_logprobs: maybe.number,
  logit_bias: z.record(z.string(), z.unknown()).nullish(),
  functions: z.array(z.unknown()).nullish(),
  web_search_options: maybe.any,
});
type Body = z.infer<typeof Body>;

/** Reads a request to `/v1/chat/completions`. */
export function readChat(body: unknown, remarks: Remarks): Conversation | null {
  const parsed = readBody(Body, body, remarks);
  if (parsed === null) return null;
  judge(parsed, remarks);
  const { model, stream, stream_options: options, messages, tools, tool_choice: choice, stop } = parsed;
  const conversation: Conversation = {
    alias: model,
    stream: stream ?? false,
    streamUsage: options?.include_usage ?? false,
    system: [],
    turns: messages.map((message) => turnOf(message, remarks)),
    tools: (tools ?? []).flatMap((tool) => toolOf(tool, remarks)),
    toolChoice: choiceOf(choice, remarks),
    parallelCalls: parsed.parallel_tool_calls ?? null,
    maxTokens: parsed.max_completion_tokens ?? parsed.max_tokens ?? null,
    sampling: samplingOf({
      temperature: parsed.temperature,
      topP: parsed.top_p,
      topK: parsed.top_k,
      seed: parsed.seed,
      presencePenalty: parsed.presence_penalty,
      frequencyPenalty: parsed.frequency_penalty,
      stop: typeof stop === 'string' ? [stop] : (stop ?? []),
    }),
    thinking: thinkingOf(parsed.reasoning_effort),
    showThoughts: true,
    format: formatOf(parsed.response_format),
  };
  return withAllowed(conversation, allowedBy(choice), remarks);
}

function judge(body: Body, remarks: Remarks): void {
  const { n, modalities, functions, web_search_options: search, tools } = body;
  if ((n ?? 1) > 1) remarks.refuse(`n: ${n} answers at once cannot be had of another API; ask ${n} times.`);
  if (modalities?.some((modality) => modality !== 'text') === true) remarks.refuse('modalities: an answer in sound cannot be translated.');
  if (functions != null) remarks.refuse('functions: this form was replaced by tools; send tools.');
  if (body.logprobs === true || (body.top_logprobs ?? 0) > 0) refuseLogprobs('logprobs', remarks);
  if (Object.keys(body.logit_bias ?? {}).length > 0)
    remarks.refuse('logit_bias: another API cannot be told it, and another model has other tokens; leave it out.');
  if (search != null) offeredWithout(['web_search'], { left: tools?.length ?? 0, demanded: false }, remarks);
}

function toolOf({ type, function: own, custom }: z.infer<typeof ChatTool>, remarks: Remarks): Conversation['tools'] {
  if (own != null) {
    const { name, description, parameters, strict } = own;
    return [
      { name, description: description ?? null, parameters: parameters ?? null, strict: strict ?? null, origin: { kind: 'function' } },
    ];
  }
  if (custom != null)
    remarks.refuse(`The tool ${custom.name} of type custom: over Chat Completions only functions are translated; use Responses.`);
  else remarks.refuse(`A tool of type ${type} is not known.`);
  return [];
}

function choiceOf(choice: Body['tool_choice'], remarks: Remarks): ToolChoice {
  if (typeof choice === 'string') return { kind: choice === 'none' ? 'none' : choice === 'required' ? 'any' : 'free' };
  if (choice?.function != null) return { kind: 'tool', name: choice.function.name };
  const allowed = choice?.allowed_tools;
  if (allowed != null) return { kind: allowed.mode === 'required' ? 'any' : 'free' };
  if (choice != null) remarks.refuse(`tool_choice: ${choice.type} is not known to another API.`);
  return { kind: 'free' };
}

function allowedBy(choice: Body['tool_choice']): readonly string[] | null {
  const allowed = typeof choice === 'string' ? null : choice?.allowed_tools;
  return allowed == null ? null : allowed.tools.flatMap(({ function: own }) => (own == null ? [] : [own.name]));
}

function thinkingOf(effort: string | null | undefined): Thinking | null {
  if (effort === 'none') return { kind: 'off' };
  return effort == null ? null : { kind: 'on', effort: effortOf(effort), budget: null };
}

function formatOf(format: Body['response_format']): Format | null {
  if (format?.type === 'json_object') return { kind: 'json' };
  const own = format?.json_schema;
  return own == null ? null : { kind: 'schema', name: own.name ?? 'answer', schema: own.schema, strict: own.strict ?? null };
}
