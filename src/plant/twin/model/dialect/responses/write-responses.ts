import { assertNever } from '../../../../../core/base/assert-never.ts';
import type { Json } from '../../../../../core/base/json.ts';
import { argumentsText, piecesOf, type Reply, type ReplyCall, type ReplyPart, type Usage } from '../../reply.ts';
import { frame, type Frame } from '../dialect.ts';

type Members = { readonly [key: string]: Json };

/** An answer of `/v1/responses` in one piece. */
export function wholeResponse(reply: Reply): Members {
  const isCut = reply.stop === 'length' || reply.stop === 'refusal';
  return {
    ...headOf(reply),
    status: isCut ? 'incomplete' : 'completed',
    incomplete_details: isCut ? { reason: reply.stop === 'length' ? 'max_output_tokens' : 'content_filter' } : null,
    output: reply.parts.map((part, at) => itemOf(part, idOf(reply, at))),
    usage: usageOf(reply.usage),
  };
}

/** The same as a stream of events, numbered from 0. */
export function responseFrames(reply: Reply): readonly Frame[] {
  const whole = wholeResponse(reply);
  const empty = { ...headOf(reply), status: 'in_progress', incomplete_details: null, output: [], usage: null };
  const events: readonly Event[] = [
    { type: 'response.created', members: { response: empty }, part: 'body' },
    { type: 'response.in_progress', members: { response: empty }, part: 'body' },
    ...reply.parts.flatMap((part, at) => itemEvents(part, at, idOf(reply, at))),
    { type: `response.${String(whole['status'])}`, members: { response: whole }, part: 'end' },
  ];
  return events.map(({ type, members, part }, at) => frame(type, { type, sequence_number: at, ...members }, part));
}

interface Event {
  readonly type: string;
  readonly members: Members;
  readonly part: Frame['part'];
}

function headOf({ id, model }: Reply): Members {
  const asked = {
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
  };
  return { id: `resp_${id}`, object: 'response', created_at: 1_767_225_600, model, error: null, ...asked };
}

function usageOf({ input, cacheRead, cacheWrite, output, reasoning }: Usage): Json {
  const sent = input + cacheRead + cacheWrite;
  return {
    input_tokens: sent,
    input_tokens_details: { cached_tokens: cacheRead },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: sent + output,
  };
}

function idOf({ id, parts }: Reply, at: number): string {
  const part = parts[at];
  const prefix = part?.kind === 'text' ? 'msg' : part?.kind === 'thought' ? 'rs' : part?.tool.input === 'text' ? 'ctc' : 'fc';
  return `${prefix}_${id}_${at}`;
}

function itemOf(part: ReplyPart, id: string): Members {
  switch (part.kind) {
    case 'text':
      return { type: 'message', id, role: 'assistant', status: 'completed', content: [textContent(part.text)] };
    case 'thought':
      return { type: 'reasoning', id, summary: [{ type: 'summary_text', text: part.text }] };
    case 'call':
      return { ...callHead(part, id), status: 'completed', ...argumentsOf(part, argumentsText(part)) };
    default:
      return assertNever(part);
  }
}

function textContent(text: string): Json {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function callHead({ id: call, tool }: ReplyCall, id: string): Members {
  const type = tool.input === 'text' ? 'custom_tool_call' : 'function_call';
  return { type, id, call_id: call, name: tool.name, ...(tool.namespace === null ? {} : { namespace: tool.namespace }) };
}

function argumentsOf({ tool }: ReplyCall, text: string): Members {
  return tool.input === 'text' ? { input: text } : { arguments: text };
}

function itemEvents(part: ReplyPart, index: number, id: string): readonly Event[] {
  const kind = part.kind === 'call' ? 'call' : 'body';
  const event = (type: string, members: Members): Event => ({
    type: `response.${type}`,
    members: { output_index: index, ...members },
    part: kind,
  });
  return [
    event('output_item.added', { item: begunItem(part, id) }),
    ...contentOf(part).map(([type, members]) => event(type, { item_id: id, ...members })),
    event('output_item.done', { item: itemOf(part, id) }),
  ];
}

function begunItem(part: ReplyPart, id: string): Members {
  if (part.kind === 'text') return { type: 'message', id, role: 'assistant', status: 'in_progress', content: [] };
  if (part.kind === 'thought') return { type: 'reasoning', id, summary: [] };
  return { ...callHead(part, id), status: 'in_progress', ...argumentsOf(part, '') };
}

function contentOf(part: ReplyPart): readonly (readonly [string, Members])[] {
  if (part.kind === 'call') {
    const stem = part.tool.input === 'text' ? 'custom_tool_call_input' : 'function_call_arguments';
    const text = argumentsText(part);
    return [...piecesOf(text).map((delta) => [`${stem}.delta`, { delta }] as const), [`${stem}.done`, argumentsOf(part, text)]];
  }
  const isText = part.kind === 'text';
  const at: Members = isText ? { content_index: 0 } : { summary_index: 0 };
  const [open, stem] = isText ? ['content_part', 'output_text'] : ['reasoning_summary_part', 'reasoning_summary_text'];
  const content = (text: string): Json => (isText ? textContent(text) : { type: 'summary_text', text });
  return [
    [`${open}.added`, { ...at, part: content('') }],
    ...piecesOf(part.text).map((delta) => [`${stem}.delta`, { ...at, delta }] as const),
    [`${stem}.done`, { ...at, text: part.text }],
    [`${open}.done`, { ...at, part: content(part.text) }],
  ];
}
