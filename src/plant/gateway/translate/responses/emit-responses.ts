import { type Answer, type AnswerBlock, blockOf } from '../answer/collect.ts';
import type { AnswerEvent, Opening, Stop, Usage } from '../answer/event.ts';
import type { Fault } from '../answer/fault.ts';
import { type Emitter, frame, type Voice } from '../answer/voice.ts';
import { openaiError } from '../conversation/openai-error.ts';
import type { Members } from '../protocol.ts';
import { begunItem, deltaOf, endOfText, itemOf, startOfText } from './write-items.ts';
import { responsesUsage } from './responses-usage.ts';

/** Writes a stream of `/v1/responses`. */
export function responsesEmitter(voice: Voice): Emitter {
  const head = headOf(voice);
  const done: AnswerBlock[] = [];
  let sequence = -1;
  let open: Opening | null = null;
  let text = '';
  let usage: Usage | null = null;
  const event = (type: string, members: Members): string => {
    sequence += 1;
    return frame(type, { type, sequence_number: sequence, ...members });
  };
  const inItem = (type: string, members: Members): string => event(type, { output_index: done.length, ...members });
  const onOpen = (what: Opening): string => {
    [open, text] = [what, ''];
    return `${inItem('response.output_item.added', { item: begunItem(what, done.length, voice) })}${startOfText(what, done.length, voice, inItem)}`;
  };
  const onMore = (more: string): string => {
    const isFirst = text === '';
    text += more;
    return open === null ? '' : deltaOf(open, more, isFirst, done.length, voice, inItem);
  };
  const onClose = (keepsake: unknown): string => {
    if (open === null) return '';
    const block = blockOf(open, text, keepsake);
    const end = `${endOfText(block, done.length, voice, inItem)}${inItem('response.output_item.done', { item: itemOf(block, done.length, voice) })}`;
    done.push(block);
    open = null;
    return end;
  };
  return {
    ping: () => ': ping\n\n',
    take(next: AnswerEvent) {
      switch (next.kind) {
        case 'begin': {
          const response = { ...head, status: 'in_progress', incomplete_details: null, output: [], usage: null };
          return `${event('response.created', { response })}${event('response.in_progress', { response })}`;
        }
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
          const response = wholeResponse({ blocks: done, stop: next.stop, sequence: null, usage }, voice);
          return event(`response.${String(response['status'])}`, { response });
        }
        case 'fault':
          return failed(next.fault, head, event);
        default:
          return ': ping\n\n';
      }
    },
  };
}

/** A client may look at either: the event for errors, or the end of an answer that failed. */
function failed(fault: Fault, head: Members, event: (type: string, members: Members) => string): string {
  const { message, code } = openaiError(fault).error;
  const error = { code: code ?? 'invalid_request', message };
  return `${event('error', { ...error, param: null })}${event('response.failed', { response: { ...head, status: 'failed', error, output: [], usage: null } })}`;
}

/** Writes an answer of `/v1/responses` in one piece. */
export function wholeResponse({ blocks, stop, usage }: Answer, voice: Voice): Members {
  const reason = reasons[stop] ?? null;
  return {
    ...headOf(voice),
    status: reason === null ? 'completed' : 'incomplete',
    incomplete_details: reason === null ? null : { reason },
    output: blocks.map((block, at) => itemOf(block, at, voice)),
    usage: usage === null ? null : responsesUsage(usage),
  };
}

const reasons: Readonly<Partial<Record<Stop, string>>> = { length: 'max_output_tokens', refusal: 'content_filter' };

function headOf({ id, created, alias }: Voice): Members {
  const asked = {
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
  };
  return { id: `resp_${id}`, object: 'response', created_at: created, model: alias, error: null, ...asked };
}
