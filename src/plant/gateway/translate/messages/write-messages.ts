import { inputObject } from '../conversation/call-input.ts';
import type { Conversation, Media, Part, Tool, ToolChoice, Turn } from '../conversation/conversation.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { systemAskingForJson } from '../conversation/json-line.ts';
import type { Upstream } from '../conversation/upstream.ts';
import { limitFor } from '../conversation/thinking.ts';
import type { Members } from '../protocol.ts';
import { marked } from './cache-marks.ts';
import { type MessagesThinking, thinkingFor } from './write-thinking.ts';

/** Writes a request to `/v1/messages`. */
export function writeMessages(conversation: Conversation, upstream: Upstream, remarks: Remarks): Members {
  const limit = limitFor(conversation, upstream) ?? upstream.maxOutputTokens;
  if (limit === null)
    remarks.refuse(
      `The API of ${upstream.model} must be told how long an answer may be: say so in the request, or set the model's limit in the configuration.`,
    );
  const { tools, toolChoice, parallelCalls, format, stream, sampling } = conversation;
  const thinking = thinkingFor(conversation, upstream, limit ?? 0, remarks);
  for (const name of ['seed', 'presencePenalty', 'frequencyPenalty'] as const) if (sampling[name] !== null) remarks.leaveOut(name);
  const system = systemAskingForJson(conversation, remarks);
  const body = {
    model: upstream.model,
    max_tokens: limit,
    ...(system.length > 0 && { system: system.map((text) => ({ type: 'text', text })) }),
    messages: conversation.turns.map((turn) => messageOf(turn, remarks)),
    ...(tools.length > 0 ? { tools: tools.map(toolOf), ...choiceOf(toolChoice, parallelCalls) } : toolsOfHistory(conversation)),
    ...thinkingMembers(thinking, format),
    ...samplingOf(conversation, thinking, remarks),
    stream,
  };
  return upstream.cacheMarks ? marked(body) : body;
}

function messageOf({ role, parts }: Turn, remarks: Remarks): { readonly role: string; readonly content: readonly Members[] } {
  return { role, content: parts.map((part) => blockOf(part, remarks)) };
}

function blockOf(part: Part, remarks: Remarks): Members {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'media':
      return mediaBlock(part, remarks);
    case 'thought':
      return part.keepsake?.data as Members; // the block that this API made
    case 'call':
      return { type: 'tool_use', id: part.id, name: part.name, input: inputObject(part.input) };
    default:
      return {
        type: 'tool_result',
        tool_use_id: part.id,
        content: part.content.map((inner) => blockOf(inner, remarks)),
        ...(part.isError && { is_error: true }),
      };
  }
}

function mediaBlock({ type, source, name }: Media, remarks: Remarks): Members {
  const isImage = type.startsWith('image/');
  if (!isImage && type !== 'application/pdf') remarks.refuse(`The model takes no ${type}.`);
  const from = source.kind === 'url' ? { type: 'url', url: source.url } : { type: 'base64', media_type: type, data: source.data };
  return { type: isImage ? 'image' : 'document', source: from, ...(name !== null && !isImage && { title: name }) };
}

/** The API wants to know the tools of a conversation with calls, also of one in which none is to be called any more. */
function toolsOfHistory({ turns }: Conversation): Members {
  const names = new Set(turns.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'call' ? [part.name] : []))));
  if (names.size === 0) return {};
  return { tools: [...names].map((name) => ({ name, input_schema: { type: 'object' } })), tool_choice: { type: 'none' } };
}

function toolOf({ name, description, parameters, strict }: Tool): Members {
  return {
    name,
    ...(description !== null && { description }),
    input_schema: parameters ?? { type: 'object', properties: {} },
    ...(strict === true && { strict }),
  };
}

function choiceOf(choice: ToolChoice, parallel: boolean | null): Members {
  const single = parallel === false && choice.kind !== 'none' ? { disable_parallel_tool_use: true } : {};
  if (choice.kind === 'tool') return { tool_choice: { type: 'tool', name: choice.name, ...single } };
  if (choice.kind === 'free') return parallel === false ? { tool_choice: { type: 'auto', ...single } } : {};
  return { tool_choice: { type: choice.kind, ...single } };
}

function thinkingMembers({ thinking, effort }: MessagesThinking, format: Conversation['format']): Members {
  const output = {
    ...(effort !== null && { effort }),
    ...(format?.kind === 'schema' && { format: { type: 'json_schema', schema: format.schema } }),
  };
  return { ...(thinking !== null && { thinking }), ...(Object.keys(output).length > 0 && { output_config: output }) };
}

/** Who thinks does so by its own chance. */
function samplingOf({ sampling }: Conversation, { isOn }: MessagesThinking, remarks: Remarks): Members {
  const { temperature, topP, topK, stop } = sampling;
  if (isOn && (temperature ?? topP ?? topK) !== null) remarks.leaveOut('settings of chance, beside thinking');
  const chance = {
    ...(temperature !== null && { temperature: Math.min(1, temperature) }),
    ...(topP !== null && { top_p: topP }),
    ...(topK !== null && { top_k: topK }),
  };
  return { ...(!isOn && chance), ...(stop.length > 0 && { stop_sequences: stop }) };
}
