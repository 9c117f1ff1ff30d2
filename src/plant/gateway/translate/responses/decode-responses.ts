import type { AnswerEvent, Decoder, Opening, Stop } from '../answer/event.ts';
import { readFault } from '../answer/fault.ts';
import { usageEvents } from '../answer/told-usage.ts';
import { aside, typedEvent, unread } from '../answer/unread.ts';
import { type Event, type Item, readEvent, readResponse, type Response } from './read-event.ts';
import { usageOf } from './responses-usage.ts';

/** Reads a stream of `/v1/responses`. */
export function responsesDecoder(): Decoder {
  const items = new Map<number, Begun | null>();
  let refused = false;
  let begun = false;
  const onEvent = (event: Event & { readonly type: string }): readonly AnswerEvent[] => {
    const { type, output_index: block, item, response } = event;
    const known = items.get(block);
    switch (type) {
      case 'response.created':
        return [{ kind: 'begin', id: response?.id ?? null }];
      case 'response.output_item.added':
        return item == null ? [] : begin(block, item, items);
      case 'response.output_item.done':
        return item == null ? [] : done(block, item, items);
      case 'response.completed':
      case 'response.incomplete':
        return response == null ? [] : endOf(response, refused);
      default:
        if (!type.endsWith('.delta')) return [];
        if (known === null || !isDelta(type)) return [aside];
        refused ||= type === 'response.refusal.delta';
        return known === undefined ? [{ kind: 'more', block, text: '' }] : more(event, known);
    }
  };
  return {
    take(data) {
      const { event, fault } = typedEvent(readEvent(data), data, begun);
      if (fault !== null) return [fault];
      begun = true;
      const { type, response } = event;
      if (type === 'response.failed') return [{ kind: 'fault', fault: readFault({ error: response?.error }, null) }];
      if (type === null) return [unread(data)];
      const isItem = type.startsWith('response.output_item.');
      return event.unread !== undefined && (isItem || isDelta(type)) ? [unread(event.unread)] : onEvent({ ...event, type });
    },
    end: () => [],
  };
}

/** An item under way, null for one that is no part of the answer: what was told of its text, and which part of its summary that was. */
interface Begun {
  told: string;
  summary: number;
}

function begin(block: number, item: Item, items: Map<number, Begun | null>): readonly AnswerEvent[] {
  const what = openingOf(item);
  if (what === null) {
    // What a provider's own tools did is no part of the answer here.
    items.set(block, null);
    return [aside];
  }
  items.set(block, { told: '', summary: 0 });
  return [{ kind: 'open', block, what }];
}

function more({ output_index: block, delta, summary_index: summary }: Event, known: Begun): readonly AnswerEvent[] {
  if (delta == null || delta === '') return [];
  // Each part of a summary stands for itself.
  const isNext = summary != null && summary !== known.summary && known.told !== '';
  known.summary = summary ?? known.summary;
  const text = isNext ? `\n\n${delta}` : delta;
  known.told += text;
  return [{ kind: 'more', block, text }];
}

function done(block: number, item: Item, items: Map<number, Begun | null>): readonly AnswerEvent[] {
  const opened = items.has(block) ? [] : begin(block, item, items);
  const known = items.get(block) ?? null;
  items.delete(block);
  return known === null ? opened : [...opened, ...whole(block, known.told, item)];
}

/** A server that streams whole items alone tells everything at their end. */
function whole(block: number, told: string, item: Item): readonly AnswerEvent[] {
  const text = told === '' ? textOf(item) : '';
  return [...(text === '' ? [] : [{ kind: 'more', block, text } as const]), { kind: 'close', block, keepsake: keepsakeOf(item) }];
}

function isDelta(type: string): boolean {
  return /^response\.(output_text|refusal|reasoning_summary_text|reasoning_text|function_call_arguments)\.delta$/.test(type);
}

function openingOf({ type, call_id: id, name }: Item): Opening | null {
  if (type === 'message') return { kind: 'text' };
  if (type === 'reasoning') return { kind: 'thought' };
  return type === 'function_call' ? { kind: 'call', id: id ?? null, name: name ?? '' } : null;
}

function textOf({ type, content, summary, arguments: given }: Item): string {
  if (type === 'function_call') return given ?? '';
  const parts = (type === 'message' ? content : summary) ?? [];
  return parts.map(({ text, refusal }) => text ?? refusal ?? '').join(type === 'message' ? '' : '\n\n');
}

/** Nothing is kept of an item that its provider could not read again. */
function keepsakeOf(item: Item): unknown {
  if (item.type !== 'reasoning' || item.encrypted_content == null) return null;
  const { id, summary, encrypted_content: content } = item;
  return { type: 'reasoning', ...(id !== undefined && { id }), summary: summary ?? [], encrypted_content: content };
}

function endOf({ status, incomplete_details: why, usage, output }: Response, refused: boolean): readonly AnswerEvent[] {
  const cut: Stop = why?.reason === 'content_filter' ? 'refusal' : 'length';
  const isRefused = refused || (output ?? []).some(({ content }) => content?.some(({ type }) => type === 'refusal') === true);
  const stop = status === 'incomplete' ? cut : isRefused ? 'refusal' : 'end';
  return [...(usage == null ? [] : usageEvents(usageOf(usage))), { kind: 'stop', stop, sequence: null }];
}

/** Reads an answer of `/v1/responses` in one piece. */
export function decodeResponse(body: unknown): readonly AnswerEvent[] | null {
  const response = readResponse(body);
  if (response?.output == null) return null;
  const { id, status, error, output } = response;
  if (status === 'failed') return [{ kind: 'fault', fault: readFault({ error }, null) }];
  const blocks = output.flatMap((item, block): readonly AnswerEvent[] => {
    const what = openingOf(item);
    return what === null ? [] : [{ kind: 'open', block, what }, ...whole(block, '', item)];
  });
  return [
    { kind: 'begin', id: id ?? null },
    ...blocks,
    ...(response.unread === undefined ? [] : [unread(response.unread)]),
    ...endOf(response, false),
  ];
}
