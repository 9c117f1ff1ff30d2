import { freeInput, parsedArguments } from '../conversation/call-input.ts';
import type { Origin } from '../conversation/conversation.ts';
import type { AnswerBlock } from '../answer/collect.ts';
import type { Opening } from '../answer/event.ts';
import type { Voice } from '../answer/voice.ts';
import type { Members } from '../protocol.ts';

type Call = Extract<AnswerBlock, { kind: 'call' }>;
/** Writes one event of the item under way. */
type InItem = (type: string, members: Members) => string;

/** An item of an answer, whole. */
export function itemOf(block: AnswerBlock, at: number, voice: Voice): Members {
  const id = idOf(block, at, voice);
  if (block.kind === 'text') return { type: 'message', id, role: 'assistant', status: 'completed', content: [textContent(block.text)] };
  if (block.kind === 'thought') return { type: 'reasoning', id, summary: summaryOf(block.text), encrypted_content: block.keepsake };
  return { ...callHead(block, id, voice), status: 'completed', ...argumentsOf(block, voice.originOf(block.name)) };
}

/** The same as it begins. */
export function begunItem(what: Opening, at: number, voice: Voice): Members {
  const id = idOf(what, at, voice);
  if (what.kind === 'text') return { type: 'message', id, role: 'assistant', status: 'in_progress', content: [] };
  if (what.kind === 'thought') return { type: 'reasoning', id, summary: [] };
  const call: Call = { kind: 'call', id: what.id ?? '', name: what.name, text: '' };
  const origin = voice.originOf(what.name);
  return {
    ...callHead(call, id, voice),
    status: 'in_progress',
    ...(isFree(origin) ? { input: '' } : origin.kind === 'search' ? { arguments: {} } : { arguments: '' }),
  };
}

/** What comes between an item and its text. */
export function startOfText(what: Opening, at: number, voice: Voice, inItem: InItem): string {
  if (what.kind !== 'text') return '';
  return inItem('response.content_part.added', { item_id: idOf(what, at, voice), content_index: 0, part: textContent('') });
}

/** More of its text. What a summary begins with waits for the first of its text; free text cannot be told before it is whole. */
export function deltaOf(what: Opening, delta: string, isFirst: boolean, at: number, voice: Voice, inItem: InItem): string {
  const item_id = idOf(what, at, voice);
  if (what.kind === 'text') return inItem('response.output_text.delta', { item_id, content_index: 0, delta, logprobs: [] });
  if (what.kind === 'thought') {
    const told = { item_id, summary_index: 0 };
    const start = isFirst ? inItem('response.reasoning_summary_part.added', { ...told, part: { type: 'summary_text', text: '' } }) : '';
    return `${start}${inItem('response.reasoning_summary_text.delta', { ...told, delta })}`;
  }
  return voice.originOf(what.name).kind === 'search' || isFree(voice.originOf(what.name))
    ? ''
    : inItem('response.function_call_arguments.delta', { item_id, delta });
}

/** What ends its text. */
export function endOfText(block: AnswerBlock, at: number, voice: Voice, inItem: InItem): string {
  const item_id = idOf(block, at, voice);
  if (block.kind === 'text') {
    const { text } = block;
    const told = { item_id, content_index: 0 };
    return `${inItem('response.output_text.done', { ...told, text, logprobs: [] })}${inItem('response.content_part.done', { ...told, part: textContent(text) })}`;
  }
  if (block.kind === 'thought') {
    const told = { item_id, summary_index: 0 };
    if (block.text === '') return '';
    return `${inItem('response.reasoning_summary_text.done', { ...told, text: block.text })}${inItem('response.reasoning_summary_part.done', { ...told, part: { type: 'summary_text', text: block.text } })}`;
  }
  const origin = voice.originOf(block.name);
  if (origin.kind === 'search') return '';
  if (!isFree(origin)) return inItem('response.function_call_arguments.done', { item_id, ...argumentsOf(block, origin) });
  const input = freeInput(block.text);
  return `${inItem('response.custom_tool_call_input.delta', { item_id, delta: input })}${inItem('response.custom_tool_call_input.done', { item_id, input })}`;
}

function isFree(origin: Origin): boolean {
  return origin.kind === 'custom' || (origin.kind === 'namespace' && origin.custom);
}

function idOf({ kind }: AnswerBlock | Opening, at: number, { id }: Voice): string {
  return `${kind === 'text' ? 'msg' : kind === 'thought' ? 'rs' : 'fc'}_${id}_${at}`;
}

function textContent(text: string): Members {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function summaryOf(text: string): readonly Members[] {
  return text === '' ? [] : [{ type: 'summary_text', text }];
}

function callHead({ id: call, name }: Call, id: string, voice: Voice): Members {
  const origin = voice.originOf(name);
  if (origin.kind === 'search') return { type: 'tool_search_call', id, call_id: call, execution: 'client' };
  const type = isFree(origin) ? 'custom_tool_call' : 'function_call';
  if (origin.kind !== 'namespace') return { type, id, call_id: call, name };
  return { type, id, call_id: call, name: origin.name, namespace: origin.namespace };
}

function argumentsOf({ text }: Call, origin: Origin): Members {
  if (origin.kind === 'search') return { arguments: parsedArguments(text) ?? { query: text } };
  return isFree(origin) ? { input: freeInput(text) } : { arguments: text };
}
