import { z } from 'zod';
import type { AnswerEvent, Decoder, Opening, Stop } from '../answer/event.ts';
import { faultOf, readFault } from '../answer/fault.ts';
import { maybe } from '../conversation/read-body.ts';
import { ResponsesUsage, usageOf } from './responses-usage.ts';

const Part = z.looseObject({ type: z.string(), text: maybe.text, refusal: maybe.text });
const Item = z.looseObject({
  type: z.string(),
  call_id: maybe.text,
  name: maybe.text,
  arguments: maybe.text,
  content: z.array(Part).nullish().catch(null),
  summary: z.array(Part).nullish().catch(null),
  encrypted_content: maybe.text,
});
type Item = z.infer<typeof Item>;
const Response = z.object({
  id: maybe.text,
  status: maybe.text,
  error: maybe.any,
  incomplete_details: z.object({ reason: maybe.text }).nullish(),
  output: z.array(Item).nullish(),
  usage: ResponsesUsage.nullish(),
});
type Response = z.infer<typeof Response>;
const Event = z.object({
  type: z.string(),
  output_index: z.number().default(0),
  summary_index: z.number().nullish(),
  delta: maybe.text,
  item: Item.nullish(),
  response: Response.nullish(),
});
type Event = z.infer<typeof Event>;

/** Reads a stream of `/v1/responses`. */
export function responsesDecoder(): Decoder {
  const items = new Map<number, Begun | null>();
  let refused = false;
  const onEvent = (event: Event): readonly AnswerEvent[] => {
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
        if (known === null || !isDelta(type)) return [];
        refused ||= type === 'response.refusal.delta';
        return known === undefined ? [{ kind: 'more', block, text: '' }] : more(event, known);
    }
  };
  return {
    take(data) {
      const parsed = Event.safeParse(data);
      if (!parsed.success) return [{ kind: 'fault', fault: faultOf('malformed', 'The model’s server sent an event that is none.') }];
      const { type, response } = parsed.data;
      if (type === 'error') return [{ kind: 'fault', fault: readFault(data, null) }];
      if (type === 'response.failed') return [{ kind: 'fault', fault: readFault({ error: response?.error }, null) }];
      return onEvent(parsed.data);
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
    return [];
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
  return known === null ? [] : [...opened, ...whole(block, known.told, item)];
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
  return [...(usage == null ? [] : [{ kind: 'usage', usage: usageOf(usage) } as const]), { kind: 'stop', stop, sequence: null }];
}

/** Reads an answer of `/v1/responses` in one piece. */
export function decodeResponse(body: unknown): readonly AnswerEvent[] | null {
  const parsed = Response.safeParse(body);
  if (!parsed.success || parsed.data.output == null) return null;
  const { id, status, error, output } = parsed.data;
  if (status === 'failed') return [{ kind: 'fault', fault: readFault({ error }, null) }];
  const blocks = output.flatMap((item, block): readonly AnswerEvent[] => {
    const what = openingOf(item);
    return what === null ? [] : [{ kind: 'open', block, what }, ...whole(block, '', item)];
  });
  return [{ kind: 'begin', id: id ?? null }, ...blocks, ...endOf(parsed.data, false)];
}
