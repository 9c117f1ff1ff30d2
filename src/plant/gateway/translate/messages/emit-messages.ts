import { parsedArguments } from '../conversation/call-input.ts';
import type { Answer, AnswerBlock } from '../answer/collect.ts';
import type { AnswerEvent, Opening, Stop, Usage } from '../answer/event.ts';
import { type Emitter, frame, type Voice } from '../answer/voice.ts';
import type { Members } from '../protocol.ts';
import { messagesError } from './messages-error.ts';
import { messagesUsage } from './messages-usage.ts';

const stops: Readonly<Record<Stop, string>> = {
  end: 'end_turn',
  calls: 'tool_use',
  length: 'max_tokens',
  refusal: 'refusal',
  sequence: 'stop_sequence',
};

/** Writes a stream of `/v1/messages`. */
export function messagesEmitter(voice: Voice): Emitter {
  let index = -1;
  let open: Opening | null = null;
  let usage: Usage | null = null;
  const onOpen = (what: Opening): string => {
    if (what.kind === 'thought' && !voice.showThoughts) return '';
    index += 1;
    open = what;
    return event('content_block_start', { index, content_block: emptyBlock(what) });
  };
  const onMore = (text: string): string => {
    if (open === null) return '';
    return event('content_block_delta', { index, delta: deltaOf(open, text) });
  };
  const onClose = (keepsake: unknown): string => {
    if (open === null) return '';
    const last =
      open.kind === 'thought' ? event('content_block_delta', { index, delta: { type: 'signature_delta', signature: keepsake } }) : '';
    open = null;
    return `${last}${event('content_block_stop', { index })}`;
  };
  return {
    ping: () => event('ping', {}),
    take(next: AnswerEvent) {
      switch (next.kind) {
        case 'begin':
          return event('message_start', {
            message: { ...headOf(voice), content: [], stop_reason: null, stop_sequence: null, usage: messagesUsage(usage) },
          });
        case 'open':
          return onOpen(next.what);
        case 'more':
          return onMore(next.text);
        case 'close':
          return onClose(next.keepsake);
        case 'usage':
          usage = next.usage;
          return '';
        case 'stop':
          return `${event('message_delta', { delta: { stop_reason: stops[next.stop], stop_sequence: next.sequence }, usage: messagesUsage(usage) })}${event('message_stop', {})}`;
        case 'fault':
          return frame('error', messagesError(next.fault));
        default:
          return event('ping', {});
      }
    },
  };
}

/** Writes an answer of `/v1/messages` in one piece. */
export function wholeMessage({ blocks, stop, sequence, usage }: Answer, voice: Voice): Members {
  const shown = blocks.filter(({ kind }) => kind !== 'thought' || voice.showThoughts);
  return { ...headOf(voice), content: shown.map(blockOf), stop_reason: stops[stop], stop_sequence: sequence, usage: messagesUsage(usage) };
}

function event(type: string, members: Members): string {
  return frame(type, { type, ...members });
}

function headOf({ id, alias }: Voice): Members {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model: alias };
}

function emptyBlock(what: Opening): Members {
  if (what.kind === 'text') return { type: 'text', text: '' };
  if (what.kind === 'thought') return { type: 'thinking', thinking: '', signature: '' };
  return { type: 'tool_use', id: what.id, name: what.name, input: {} };
}

function deltaOf(what: Opening, text: string): Members {
  if (what.kind === 'text') return { type: 'text_delta', text };
  if (what.kind === 'thought') return { type: 'thinking_delta', thinking: text };
  return { type: 'input_json_delta', partial_json: text };
}

function blockOf(block: AnswerBlock): Members {
  if (block.kind === 'text') return { type: 'text', text: block.text };
  if (block.kind === 'thought') return { type: 'thinking', thinking: block.text, signature: block.keepsake };
  return { type: 'tool_use', id: block.id, name: block.name, input: parsedArguments(block.text) };
}
