import { inputText } from '../conversation/call-input.ts';
import type { Conversation, Media, Part, Result, Text, Thought, Tool, ToolChoice, Turn } from '../conversation/conversation.ts';
import { addressOf } from '../conversation/data-url.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { fromResultOf, mediaIn, resultText, textIn } from '../conversation/spoken.ts';
import { takesStop } from '../conversation/kept-stops.ts';
import type { Upstream } from '../conversation/upstream.ts';
import { effortFor, limitFor } from '../conversation/thinking.ts';
import type { Members } from '../protocol.ts';

/** Writes a request to `/v1/chat/completions`. */
export function writeChat(conversation: Conversation, upstream: Upstream, remarks: Remarks): Members {
  const { system, turns, tools, toolChoice, parallelCalls, stream, sampling, format } = conversation;
  const limit = limitFor(conversation, upstream);
  const effort = effortFor(conversation, upstream);
  if (sampling.topK !== null) remarks.leaveOut('top_k');
  return {
    model: upstream.model,
    // Many servers take one message of the system, and only as the first.
    messages: [
      ...(system.length > 0 ? [{ role: 'system', content: system.join('\n\n') }] : []),
      ...turns.flatMap((turn) => messagesOf(turn, remarks)),
    ],
    ...(tools.length > 0 && { tools: tools.map(toolOf), ...choiceOf(toolChoice) }),
    ...(tools.length > 0 && parallelCalls !== null && { parallel_tool_calls: parallelCalls }),
    ...(limit !== null && { [upstream.completionTokens ? 'max_completion_tokens' : 'max_tokens']: limit }),
    ...(sampling.temperature !== null && { temperature: sampling.temperature }),
    ...(sampling.topP !== null && { top_p: sampling.topP }),
    ...(sampling.seed !== null && { seed: sampling.seed }),
    ...(sampling.presencePenalty !== null && { presence_penalty: sampling.presencePenalty }),
    ...(sampling.frequencyPenalty !== null && { frequency_penalty: sampling.frequencyPenalty }),
    ...(sampling.stop.length > 0 && takesStop(upstream) && { stop: sampling.stop }),
    ...(effort !== null && { reasoning_effort: effort }),
    ...formatOf(format),
    ...(upstream.cacheKey !== null && { prompt_cache_key: upstream.cacheKey }),
    stream,
    ...(stream && { stream_options: { include_usage: true } }),
  };
}

function messagesOf({ role, parts }: Turn, remarks: Remarks): readonly Members[] {
  if (role === 'assistant') return [assistantOf(parts)];
  const results = parts.filter((part) => part.kind === 'result');
  const rest = parts.filter((part) => part.kind === 'text' || part.kind === 'media');
  const content = [...results.flatMap(liftedOf), ...rest];
  return [...results.map(resultOf), ...(content.length > 0 ? [{ role, content: contentOf(content, remarks) }] : [])];
}

function assistantOf(parts: readonly Part[]): Members {
  const text = textIn(parts.filter((part) => part.kind === 'text'));
  const thoughts: Record<string, string> = {};
  const calls: Members[] = [];
  let extra: Members = {};
  for (const part of parts) {
    if (part.kind === 'thought') extra = thoughtOf(part, thoughts) ?? extra;
    if (part.kind !== 'call') continue;
    calls.push({ id: part.id, type: 'function', function: { name: part.name, arguments: inputText(part.input) }, ...extra });
    extra = {};
  }
  const content = text === '' && calls.length > 0 ? null : text;
  return { role: 'assistant', content, ...thoughts, ...(calls.length > 0 && { tool_calls: calls }) };
}

/** A thought of this server goes into the member that it came in; what belongs to a call is given for the next one. */
function thoughtOf({ keepsake }: Thought, thoughts: Record<string, string>): Members | null {
  const data = keepsake?.data as Members | null | undefined; // as the decoder kept it
  if (data == null) return null;
  if ('extra_content' in data) return data;
  for (const [member, text] of Object.entries(data)) thoughts[member] = `${thoughts[member] ?? ''}${String(text)}`;
  return null;
}

function resultOf(result: Result): Members {
  const text = resultText(result);
  const images = mediaIn(result.content).length;
  const told = images > 0 ? [text, `(${images === 1 ? 'One image follows' : `${images} images follow`} in the next message.)`] : [text];
  return { role: 'tool', tool_call_id: result.id, content: told.filter(Boolean).join('\n') };
}

/** A message of a tool is text alone: images come right after the results, with the call that they belong to. */
function liftedOf({ id, content }: Result): readonly (Text | Media)[] {
  const media = mediaIn(content);
  return media.length === 0 ? [] : [{ kind: 'text', text: fromResultOf(id) }, ...media];
}

function contentOf(parts: readonly (Text | Media)[], remarks: Remarks): string | readonly Members[] {
  if (parts.length === 1 && parts[0]?.kind === 'text') return parts[0].text;
  return parts.map((part) => {
    if (part.kind === 'text') return { type: 'text', text: part.text };
    if (part.type.startsWith('image/')) return { type: 'image_url', image_url: { url: addressOf(part) } };
    if (part.source.kind === 'url' || part.type !== 'application/pdf') remarks.refuse(`The model takes no ${part.type} at an address.`);
    return { type: 'file', file: { filename: part.name ?? 'document.pdf', file_data: addressOf(part) } };
  });
}

function toolOf({ name, description, parameters, strict }: Tool): Members {
  const own = {
    name,
    ...(description !== null && { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
    ...(strict === true && { strict }),
  };
  return { type: 'function', function: own };
}

function choiceOf(choice: ToolChoice): Members {
  if (choice.kind === 'tool') return { tool_choice: { type: 'function', function: { name: choice.name } } };
  if (choice.kind === 'free') return {};
  return { tool_choice: choice.kind === 'any' ? 'required' : 'none' };
}

function formatOf(format: Conversation['format']): Members {
  if (format === null) return {};
  if (format.kind === 'json') return { response_format: { type: 'json_object' } };
  const { name, schema, strict } = format;
  return { response_format: { type: 'json_schema', json_schema: { name, schema, ...(strict !== null && { strict }) } } };
}
