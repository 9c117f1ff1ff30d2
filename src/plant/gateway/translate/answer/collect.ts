import type { AnswerEvent, Opening, Stop, Usage } from './event.ts';
import type { Fault } from './fault.ts';

/** A whole answer. */
export interface Answer {
  readonly blocks: readonly AnswerBlock[];
  readonly stop: Stop;
  readonly sequence: string | null;
  readonly usage: Usage | null;
}

export type AnswerBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thought'; readonly text: string; readonly keepsake: string }
  | { readonly kind: 'call'; readonly id: string; readonly name: string; readonly text: string };

export type Collected = { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'fault'; readonly fault: Fault };

/** Puts the events of an answer together, one block after the other as {@link AnswerEvent}s come out of the line. */
export function collect(events: readonly AnswerEvent[]): Collected {
  const blocks: AnswerBlock[] = [];
  let usage: Usage | null = null;
  let end: Extract<AnswerEvent, { kind: 'stop' }> | null = null;
  let text = '';
  let open: Opening | null = null;
  for (const event of events) {
    if (event.kind === 'fault') return { kind: 'fault', fault: event.fault };
    if (event.kind === 'usage') usage = event.usage;
    if (event.kind === 'stop') end = event;
    if (event.kind === 'open') [open, text] = [event.what, ''];
    if (event.kind === 'more') text += event.text;
    if (event.kind === 'close' && open !== null) blocks.push(blockOf(open, text, event.keepsake));
  }
  return { kind: 'answer', answer: { blocks, stop: end?.stop ?? 'end', sequence: end?.sequence ?? null, usage } };
}

/** A block that is over. */
export function blockOf(what: Opening, text: string, keepsake: unknown): AnswerBlock {
  if (what.kind === 'text') return { kind: 'text', text };
  if (what.kind === 'thought') return { kind: 'thought', text, keepsake: typeof keepsake === 'string' ? keepsake : '' };
  return { kind: 'call', id: what.id ?? '', name: what.name, text };
}
