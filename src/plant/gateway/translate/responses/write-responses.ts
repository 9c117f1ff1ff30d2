import { inputText } from '../conversation/call-input.ts';
import type { Conversation, Media, Part, Result, Text, Tool, ToolChoice, Turn } from '../conversation/conversation.ts';
import { addressOf } from '../conversation/data-url.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { resultText, textIn } from '../conversation/spoken.ts';
import type { Upstream } from '../conversation/upstream.ts';
import { effortFor, limitFor } from '../conversation/thinking.ts';
import type { Members } from '../protocol.ts';

/** The shortest limit that the API takes. */
const leastLimit = 16;

/** Writes a request to `/v1/responses` that leaves nothing with the provider. */
export function writeResponses(conversation: Conversation, upstream: Upstream, remarks: Remarks): Members {
  const { system, turns, tools, toolChoice, parallelCalls, stream, sampling, format } = conversation;
  const limit = limitFor(conversation, upstream);
  if (limit !== null && limit < leastLimit) remarks.leaveOut(`a limit below ${leastLimit} tokens`);
  const effort = effortFor(conversation, upstream);
  for (const name of ['topK', 'seed', 'presencePenalty', 'frequencyPenalty'] as const) if (sampling[name] !== null) remarks.leaveOut(name);
  return {
    model: upstream.model,
    ...(system.length > 0 && { instructions: system.join('\n\n') }),
    input: turns.flatMap((turn) => itemsOf(turn, remarks)),
    ...(tools.length > 0 && { tools: tools.map(toolOf), ...choiceOf(toolChoice) }),
    ...(tools.length > 0 && parallelCalls !== null && { parallel_tool_calls: parallelCalls }),
    ...(limit !== null && { max_output_tokens: Math.max(limit, leastLimit) }),
    ...(sampling.temperature !== null && { temperature: sampling.temperature }),
    ...(sampling.topP !== null && { top_p: sampling.topP }),
    ...(effort !== null && { reasoning: effort === 'none' ? { effort } : { effort, summary: 'auto' } }),
    ...formatOf(format),
    ...(upstream.cacheKey !== null && { prompt_cache_key: upstream.cacheKey }),
    ...(upstream.thinking === 'effort' && { include: ['reasoning.encrypted_content'] }),
    store: false,
    stream,
  };
}

function itemsOf({ role, parts }: Turn, remarks: Remarks): readonly Members[] {
  const items: Members[] = [];
  let content: Members[] = [];
  const say = (): void => {
    if (content.length > 0) items.push({ type: 'message', role: role === 'system' ? 'developer' : role, content });
    content = [];
  };
  for (const part of parts) {
    if (part.kind === 'text' || part.kind === 'media') {
      content.push(contentOf(part, role, remarks));
      continue;
    }
    say();
    items.push(itemOf(part, remarks));
  }
  say();
  return items;
}

function itemOf(part: Exclude<Part, Text | Media>, remarks: Remarks): Members {
  if (part.kind === 'thought') return part.keepsake?.data as Members; // the item that this API made
  if (part.kind === 'call') return { type: 'function_call', call_id: part.id, name: part.name, arguments: inputText(part.input) };
  return { type: 'function_call_output', call_id: part.id, output: outputOf(part, remarks) };
}

function outputOf(result: Result, remarks: Remarks): string | readonly Members[] {
  const { content } = result;
  const text = resultText(result);
  if (content.every(({ kind }) => kind === 'text')) return text;
  const media = content.filter((part) => part.kind === 'media').map((part) => contentOf(part, 'user', remarks));
  return textIn(content) === '' && !result.isError ? media : [{ type: 'input_text', text }, ...media];
}

function contentOf(part: Text | Media, role: Turn['role'], remarks: Remarks): Members {
  if (part.kind === 'text') return { type: role === 'assistant' ? 'output_text' : 'input_text', text: part.text };
  if (part.type.startsWith('image/')) return { type: 'input_image', image_url: addressOf(part), detail: 'auto' };
  if (part.type !== 'application/pdf') remarks.refuse(`The model takes no ${part.type}.`);
  if (part.source.kind === 'url') return { type: 'input_file', file_url: part.source.url };
  return { type: 'input_file', filename: part.name ?? 'document.pdf', file_data: addressOf(part) };
}

/** The API takes schemas as strict where nothing is said. */
function toolOf({ name, description, parameters, strict }: Tool): Members {
  return {
    type: 'function',
    name,
    ...(description !== null && { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
    strict: strict ?? false,
  };
}

function choiceOf(choice: ToolChoice): Members {
  if (choice.kind === 'tool') return { tool_choice: { type: 'function', name: choice.name } };
  if (choice.kind === 'free') return {};
  return { tool_choice: choice.kind === 'any' ? 'required' : 'none' };
}

function formatOf(format: Conversation['format']): Members {
  if (format === null) return {};
  if (format.kind === 'json') return { text: { format: { type: 'json_object' } } };
  const { name, schema, strict } = format;
  return { text: { format: { type: 'json_schema', name, schema, ...(strict !== null && { strict }) } } };
}
