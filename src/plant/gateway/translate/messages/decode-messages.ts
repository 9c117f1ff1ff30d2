import type { AnswerEvent, Decoder, Opening, Stop } from '../answer/event.ts';
import { usageEvents } from '../answer/told-usage.ts';
import { aside, typedEvent, unread } from '../answer/unread.ts';
import { mergedUsage, type MessagesUsage, usageAhead, usageOf } from './messages-usage.ts';
import { type Block, type Delta, type Event, readEvent, readMessage } from './read-event.ts';

/** Reads a stream of `/v1/messages`. */
export function messagesDecoder(): Decoder {
  const open = new Map<number, Begun | null>();
  let usage: MessagesUsage = {};
  let stop: AnswerEvent | null = null;
  let begun = false;
  let counted = false;
  const onUsage = (told: MessagesUsage | null | undefined, isEnd: boolean): readonly AnswerEvent[] => {
    if (told == null) return [];
    usage = mergedUsage(usage, told);
    counted ||= isEnd && (told.output_tokens ?? told.completion_tokens) != null;
    return usageEvents(counted ? usageOf(usage) : usageAhead(usage));
  };
  const onEvent = (event: Event): readonly AnswerEvent[] => {
    switch (event.type) {
      case 'message_start':
        return [{ kind: 'begin', id: event.message?.id ?? null }, ...onUsage(event.message?.usage, false)];
      case 'content_block_start':
        return event.content_block == null ? [] : begin(event.index, event.content_block, open);
      case 'content_block_delta':
        return event.delta == null || event.unread !== undefined ? [] : more(event.index, event.delta, open.get(event.index));
      case 'content_block_stop':
        return end(event.index, open);
      case 'message_delta':
        if (event.delta?.stop_reason != null) stop = stopOf(event.delta.stop_reason, event.delta.stop_sequence ?? null);
        return onUsage(event.usage, true);
      case 'message_stop':
        return stop === null ? [] : [stop];
      default:
        return event.type === 'ping' ? [{ kind: 'ping' }] : [];
    }
  };
  return {
    take(data) {
      const { event, fault } = typedEvent(readEvent(data), data, begun);
      if (fault !== null) return [fault];
      begun = true;
      const heard = onEvent(event);
      return event.unread === undefined || event.type === 'ping' ? heard : [...heard, unread(event.unread)];
    },
    // The vendor's own clients take a stream without its last event for one that broke off, though it told why it ends.
    end: () => [],
  };
}

/** A block under way; null for one that is no part of the answer. */
interface Begun {
  readonly block: Block;
  text: string;
  signature: string;
}

function begin(index: number, block: Block, open: Map<number, Begun | null>): readonly AnswerEvent[] {
  const what = openingOf(block);
  if (what === null) {
    // What a provider's own tools did is no part of the answer here.
    open.set(index, null);
    return [aside];
  }
  const text = block.text ?? block.thinking ?? '';
  open.set(index, { block, text, signature: block.signature ?? '' });
  return [{ kind: 'open', block: index, what }, ...moreText(index, text)];
}

function openingOf({ type, id, name }: Block): Opening | null {
  if (type === 'text') return { kind: 'text' };
  if (type === 'thinking' || type === 'redacted_thinking') return { kind: 'thought' };
  return type === 'tool_use' ? { kind: 'call', id: id ?? null, name: name ?? '' } : null;
}

function more(index: number, delta: Delta, begun: Begun | null | undefined): readonly AnswerEvent[] {
  if (begun === null) return [aside];
  if (begun === undefined) return [{ kind: 'more', block: index, text: '' }];
  const text = delta.text ?? delta.thinking ?? delta.partial_json ?? '';
  begun.text += text;
  begun.signature += delta.signature ?? '';
  return moreText(index, text);
}

function moreText(block: number, text: string): readonly AnswerEvent[] {
  return text === '' ? [] : [{ kind: 'more', block, text }];
}

function end(index: number, open: Map<number, Begun | null>): readonly AnswerEvent[] {
  const begun = open.get(index);
  if (begun === null) return [];
  if (begun === undefined) return [{ kind: 'close', block: index, keepsake: null }];
  open.delete(index);
  const { block, text, signature } = begun;
  // Some servers give the arguments at once, where the block begins.
  const late = block.type === 'tool_use' && text === '' ? JSON.stringify(block.input ?? {}) : '';
  return [...moreText(index, late), { kind: 'close', block: index, keepsake: keepsakeOf(block, text, signature) }];
}

function keepsakeOf({ type, data }: Block, thinking: string, signature: string): unknown {
  if (type === 'redacted_thinking') return { type, data };
  return type === 'thinking' && signature !== '' ? { type, thinking, signature } : null;
}

const stops: Readonly<Record<string, Stop>> = {
  tool_use: 'calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refusal',
  stop_sequence: 'sequence',
};

function stopOf(reason: string, sequence: string | null): AnswerEvent {
  return { kind: 'stop', stop: stops[reason] ?? 'end', sequence };
}

/** Reads an answer of `/v1/messages` in one piece. */
export function decodeMessage(body: unknown): readonly AnswerEvent[] | null {
  const message = readMessage(body);
  if (message === null) return null;
  const { id, content, usage, stop_reason: reason, stop_sequence: sequence } = message;
  const open = new Map<number, Begun | null>();
  return [
    { kind: 'begin', id: id ?? null },
    ...content.flatMap((block, at) => [...begin(at, block, open), ...end(at, open)]),
    ...(message.unread === undefined ? [] : [unread(message.unread)]),
    ...(usage == null ? [] : usageEvents(usageOf(usage))),
    stopOf(reason ?? '', sequence ?? null),
  ];
}
