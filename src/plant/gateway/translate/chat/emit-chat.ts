import type { Answer } from '../answer/collect.ts';
import type { AnswerEvent, Opening, Stop, Usage } from '../answer/event.ts';
import { keepsakeCarrier, type KeepsakeCarrier } from '../answer/keepsake-carrier.ts';
import { type Emitter, frame, type Voice } from '../answer/voice.ts';
import { openaiError } from '../conversation/openai-error.ts';
import type { Members } from '../protocol.ts';
import { chatUsage } from './chat-usage.ts';
import { doneMark } from './decode-chat.ts';

const stops: Readonly<Record<Stop, string>> = {
  end: 'stop',
  calls: 'tool_calls',
  length: 'length',
  refusal: 'content_filter',
  sequence: 'stop',
};

/** Writes a stream of `/v1/chat/completions`. */
export function chatEmitter(voice: Voice): Emitter {
  const head = headOf(voice, 'chat.completion.chunk');
  const chunk = (delta: Members, finish: string | null = null): string =>
    frame(null, { ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });
  const done = `data: ${doneMark}\n\n`;
  const carrier = keepsakeCarrier();
  let index = -1;
  let open: Opening | null = null;
  let usage: Usage | null = null;
  const onOpen = (what: Opening): string => {
    open = what;
    if (what.kind !== 'call') return '';
    index += 1;
    const call = { index, id: what.id, type: 'function', function: { name: what.name, arguments: '' }, ...keepsakeMember(carrier) };
    return chunk({ tool_calls: [call] });
  };
  const onMore = (text: string): string => {
    if (open?.kind === 'call') return chunk({ tool_calls: [{ index, function: { arguments: text } }] });
    return chunk(open?.kind === 'thought' ? { reasoning_content: text } : { content: text });
  };
  const onClose = (keepsake: unknown): string => {
    if (open?.kind === 'thought' && typeof keepsake === 'string') carrier.take(keepsake);
    return '';
  };
  return {
    ping: () => ': ping\n\n',
    take(next: AnswerEvent) {
      switch (next.kind) {
        case 'begin':
          return chunk({ role: 'assistant', content: '' });
        case 'open':
          return onOpen(next.what);
        case 'more':
          return onMore(next.text);
        case 'close':
          return onClose(next.keepsake);
        case 'usage':
          usage = next.usage;
          return '';
        case 'stop': {
          const tokens = usage === null || !voice.streamUsage ? '' : frame(null, { ...head, choices: [], usage: chatUsage(usage) });
          return `${chunk({}, stops[next.stop])}${tokens}${done}`;
        }
        case 'fault':
          return `${frame(null, openaiError(next.fault))}${done}`;
        default:
          return ': ping\n\n';
      }
    },
  };
}

/** Writes an answer of `/v1/chat/completions` in one piece. */
export function wholeCompletion({ blocks, stop, usage }: Answer, voice: Voice): Members {
  const textOf = (kind: 'text' | 'thought'): string => blocks.map((block) => (block.kind === kind ? block.text : '')).join('');
  const text = textOf('text');
  const thoughts = textOf('thought');
  const carrier = keepsakeCarrier();
  const calls = blocks.flatMap((block) => {
    if (block.kind === 'thought') carrier.take(block.keepsake);
    if (block.kind !== 'call') return [];
    const own = { name: block.name, arguments: block.text };
    return [{ id: block.id, type: 'function', function: own, ...keepsakeMember(carrier) }];
  });
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(thoughts !== '' && { reasoning_content: thoughts }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return {
    ...headOf(voice, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: stops[stop] }],
    ...(usage !== null && { usage: chatUsage(usage) }),
  };
}

function headOf({ id, created, alias }: Voice, object: string): Members {
  return { id: `chatcmpl-${id}`, object, created, model: alias };
}

/** The place that clients hand back with a call. */
function keepsakeMember(carrier: KeepsakeCarrier): Members {
  const keepsake = carrier.given();
  return keepsake === null ? {} : { extra_content: { google: { thought_signature: keepsake } } };
}
