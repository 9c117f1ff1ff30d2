import type { KeptCall } from '../../../core/ports/gateway/call-ledger.ts';
import type { TracedPart } from '../../../core/ports/gateway/model-trace.ts';
import { type AnswerBlock, collect } from '../translate/answer/collect.ts';
import { decodeWhole } from '../translate/answer/decode-whole.ts';
import type { AnswerEvent } from '../translate/answer/event.ts';
import { eventReader } from '../translate/answer/server-sent-events.ts';
import { dialects } from '../translate/dialects.ts';

export interface ReadAnswer {
  readonly said: readonly TracedPart[];
  readonly trouble: string | null;
}

/** Reads what a caller was answered, in the words of his protocol. */
export function readAnswer({ protocol, ended, answer }: Pick<KeptCall, 'protocol' | 'ended' | 'answer'>, text: string): ReadAnswer {
  if (text === '') return { said: [], trouble: ended === 'left' ? 'its caller left before an answer' : 'it had no answer' };
  const isStream = (answer.headers['content-type'] ?? '').includes('event-stream');
  const collected = collect(isStream ? streamed(protocol, text) : decodeWhole(protocol, text));
  if (collected.kind === 'fault') return { said: [], trouble: `${answer.status}: ${collected.fault.message}` };
  const broken = ended === 'broken-off' ? 'it broke off' : ended === 'left' ? 'its caller left in the middle of it' : null;
  return { said: collected.answer.blocks.map(partOf), trouble: broken };
}

/** What was begun is told too: a stream that broke off said something all the same. */
function streamed(protocol: KeptCall['protocol'], text: string): readonly AnswerEvent[] {
  const reader = eventReader();
  const decoder = dialects[protocol].decoder();
  const pieces = reader.take(Buffer.from(`${text}\n\n`)) ?? [];
  const events = pieces.flatMap((piece) => (piece.text === '[DONE]' ? [] : decoder.take(jsonIn(piece.text))));
  const open = openIn(events);
  return [...events, ...decoder.end(), ...(open === null ? [] : [{ kind: 'close', block: open, keepsake: null } as const])];
}

function openIn(events: readonly AnswerEvent[]): number | null {
  const last = events.findLast(({ kind }) => kind === 'open' || kind === 'close');
  return last?.kind === 'open' ? last.block : null;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half an event at the end of a stream that was cut.
    return null;
  }
}

function partOf(block: AnswerBlock): TracedPart {
  const by = 'assistant';
  switch (block.kind) {
    case 'text':
      return { by, kind: 'text', name: null, text: block.text };
    case 'thought':
      return { by, kind: 'thought', name: null, text: block.text };
    case 'call':
      return { by, kind: 'call', name: block.name, text: block.text };
  }
}
