import type { KeptCall } from '../../../core/ports/gateway/call-ledger.ts';
import type { CallEnd } from '../../../core/ports/gateway/call-recorder.ts';
import type { TracedPart } from '../../../core/ports/gateway/model-trace.ts';
import { decodeWhole } from '../translate/answer/decode-whole.ts';
import type { AnswerEvent, Opening } from '../translate/answer/event.ts';
import { jsonOf } from '../translate/answer/excerpt.ts';
import { eventReader } from '../translate/answer/server-sent-events.ts';
import { dialects } from '../translate/dialects.ts';

export interface ReadAnswer {
  readonly said: readonly TracedPart[];
  readonly trouble: string | null;
}

/** Reads what a caller was answered, in the words of his protocol, as far as it came. */
export function readAnswer({ protocol, ended, answer }: Pick<KeptCall, 'protocol' | 'ended' | 'answer'>, text: string): ReadAnswer {
  if (text === '') return { said: [], trouble: withoutAnswer[ended] ?? 'it had no answer' };
  const isStream = (answer.headers['content-type'] ?? '').includes('event-stream');
  const events = isStream ? eventsOf(protocol, text) : decodeWhole(protocol, text);
  const fault = events.find((event) => event.kind === 'fault');
  const broken = ended === 'broken-off' ? 'it broke off' : ended === 'left' ? 'its caller left in the middle of it' : null;
  return { said: partsOf(events), trouble: broken ?? (fault === undefined ? null : `${answer.status}: ${fault.fault.message}`) };
}

const withoutAnswer: Partial<Readonly<Record<CallEnd, string>>> = {
  left: 'its caller left before an answer',
  open: 'it is under way: its answer is on record when it has ended',
  lost: 'its gateway was gone before it ended: what was answered is on no record, and its tokens are those seen until then',
};

function eventsOf(protocol: KeptCall['protocol'], text: string): readonly AnswerEvent[] {
  const decoder = dialects[protocol].decoder();
  const pieces = eventReader().take(Buffer.from(`${text}\n\n`)) ?? [];
  // The mark of an end, and half an event at the end of a stream that was cut, are none.
  const heard = pieces.map((piece) => jsonOf(piece.text)).filter((said) => said !== undefined);
  return [...heard.flatMap((said) => decoder.take(said)), ...decoder.end()];
}

/** In the order in which they were begun, however their pieces came. */
function partsOf(events: readonly AnswerEvent[]): readonly TracedPart[] {
  const blocks = new Map<number, { readonly what: Opening; text: string }>();
  for (const event of events) {
    if (event.kind === 'open') blocks.set(event.block, { what: event.what, text: '' });
    const block = event.kind === 'more' ? blocks.get(event.block) : undefined;
    if (event.kind === 'more' && block !== undefined) block.text += event.text;
  }
  return [...blocks.values()].map(({ what, text }) => {
    return { by: 'assistant', kind: what.kind, name: what.kind === 'call' ? what.name : null, text };
  });
}
