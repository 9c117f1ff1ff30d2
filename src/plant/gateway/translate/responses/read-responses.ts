import { z } from 'zod';
import { withAllowed } from '../conversation/allowed-tools.ts';
import type { Conversation, Format, Thinking, ToolChoice } from '../conversation/conversation.ts';
import { effortOf, maybe, readBody, samplingOf } from '../conversation/read-body.ts';
import { refuseLogprobs } from '../conversation/logprobs.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { ResponsesItem, turnOf } from './read-items.ts';
import { flatName, foundTools, ResponsesTool, responsesTools } from './read-tools.ts';

const Choosable = z.object({ type: z.string(), name: maybe.text, namespace: maybe.text });
const Choice = z.union([z.string(), Choosable.extend({ mode: maybe.text, tools: z.array(Choosable).nullish() })]);
const Body = z.object({
  model: z.string().min(1),
  stream: maybe.flag,
  instructions: maybe.text,
  input: z.union([z.string(), z.array(ResponsesItem)]),
  tools: z.array(ResponsesTool).nullish(),
  tool_choice: Choice.nullish(),
  parallel_tool_calls: maybe.flag,
  max_output_tokens: maybe.number,
  temperature: maybe.number,
  top_p: maybe.number,
  reasoning: z.object({ effort: maybe.text }).nullish(),
  text: z.object({ format: z.object({ type: z.string(), name: maybe.text, schema: maybe.any, strict: maybe.flag }).nullish() }).nullish(),
  previous_response_id: maybe.text,
  conversation: maybe.any,
  prompt: maybe.any,
  background: maybe.flag,
  include: z.array(z.string()).nullish(),
  top_logprobs: maybe.number,
});
type Body = z.infer<typeof Body>;

/** What an answer is to tell besides: thoughts as they are given back, which every translation keeps, and the chances of its tokens. */
const ownThoughts = 'reasoning.encrypted_content';
const logprobs = 'message.output_text.logprobs';

/** Reads a request to `/v1/responses`. */
export function readResponses(body: unknown, remarks: Remarks): Conversation | null {
  const parsed = readBody(Body, body, remarks);
  if (parsed === null) return null;
  judge(parsed, remarks);
  const { model, stream, instructions, input, tools, tool_choice: choice } = parsed;
  const items = typeof input === 'string' ? [ResponsesItem.parse({ role: 'user', content: input })] : input;
  const choose = choiceOf(choice, remarks);
  const conversation: Conversation = {
    alias: model,
    stream: stream ?? false,
    streamUsage: true,
    system: instructions == null || instructions === '' ? [] : [instructions],
    turns: items.flatMap((item) => turnOf(item, remarks)),
    tools: responsesTools([...(tools ?? []), ...items.flatMap(foundTools)], choose.kind === 'any', remarks),
    toolChoice: choose,
    parallelCalls: parsed.parallel_tool_calls ?? null,
    maxTokens: parsed.max_output_tokens ?? null,
    sampling: samplingOf({ temperature: parsed.temperature, topP: parsed.top_p }),
    thinking: thinkingOf(parsed.reasoning?.effort),
    showThoughts: true,
    format: formatOf(parsed.text?.format),
  };
  return withAllowed(conversation, allowedBy(choice), remarks);
}

function judge(body: Body, remarks: Remarks): void {
  const { previous_response_id: previous, conversation, prompt, background, include } = body;
  if (previous != null)
    remarks.refuse(
      'previous_response_id: that answer lies with its provider, and another one cannot read it: send the whole conversation.',
    );
  if (conversation != null) remarks.refuse('conversation: it lies with its provider, and another one cannot read it: send its items.');
  if (prompt != null) remarks.refuse('prompt: it lies with its provider, and another one cannot read it: send its words.');
  if ((body.top_logprobs ?? 0) > 0 || include?.includes(logprobs) === true) refuseLogprobs('top_logprobs', remarks);
  if (include?.some((name) => name !== ownThoughts) === true) remarks.leaveOut('"include"');
  if (background === true) remarks.refuse('background: an answer that is fetched later cannot be had of another API.');
}

function choiceOf(choice: Body['tool_choice'], remarks: Remarks): ToolChoice {
  if (choice == null) return { kind: 'free' };
  if (typeof choice === 'string') return { kind: choice === 'none' ? 'none' : choice === 'required' ? 'any' : 'free' };
  const { type, name, namespace, mode } = choice;
  if (name != null && (type === 'function' || type === 'custom')) return { kind: 'tool', name: flatName(namespace ?? null, name) };
  if (type === 'allowed_tools') return { kind: mode === 'required' ? 'any' : 'free' };
  remarks.refuse(`tool_choice: the tool ${type} is defined by its own provider, and the model that is to answer knows none like it.`);
  return { kind: 'free' };
}

/** Tools that a provider runs are none of those that are told to another one. */
function allowedBy(choice: Body['tool_choice']): readonly string[] | null {
  if (choice == null || typeof choice === 'string' || choice.type !== 'allowed_tools') return null;
  return (choice.tools ?? []).flatMap(({ name, namespace }) => (name == null ? [] : [flatName(namespace ?? null, name)]));
}

function thinkingOf(effort: string | null | undefined): Thinking | null {
  if (effort === 'none') return { kind: 'off' };
  return effort == null ? null : { kind: 'on', effort: effortOf(effort), budget: null };
}

function formatOf(format: NonNullable<Body['text']>['format']): Format | null {
  if (format?.type === 'json_object') return { kind: 'json' };
  if (format?.type !== 'json_schema') return null;
  return { kind: 'schema', name: format.name ?? 'answer', schema: format.schema, strict: format.strict ?? null };
}
