import type { CallLedger, KeptCall } from './core/ports/gateway/call-ledger.ts';
import type { CallEnd } from './core/ports/gateway/call-recorder.ts';
import type { TracedCall } from './core/ports/gateway/model-trace.ts';
import type { TraceFilter } from './core/ports/gateway/gateway-door.ts';
import { hearCalls, type HeardCall } from './plant/gateway/trace/index.ts';
import { recordedEntry, type TapeEntry } from './plant/twin/index.ts';

/** Rebuilds what was said in a run. Throws `evidence-invalid` where a part of its record is gone or was changed. */
export async function* traceRun(ledger: CallLedger, filter: TraceFilter): AsyncGenerator<TracedCall> {
  for await (const { traced } of hearCalls(ledger, filter)) yield traced;
}

/** Makes of the record of a run a tape, an entry to a line, that a model twin answers from word for word; calls that nobody answered are left out. */
export async function* tapeOfRun(ledger: CallLedger, filter: TraceFilter): AsyncGenerator<string> {
  let seq = 0;
  for await (const heard of hearCalls(ledger, filter)) {
    const entry = entryOf(heard, seq + 1);
    if (entry === null) continue;
    seq += 1;
    yield JSON.stringify(entry);
  }
}

function entryOf({ kept, said, traced }: HeardCall, seq: number): TapeEntry | null {
  const how = endOnTape[kept.ended];
  if (said === null || kept.answer.status === 0 || how === null) return null;
  const { caller, at, ms, path, headers } = kept;
  const conversation = `${caller.stage ?? ''}/${caller.station}/${traced.conversation}`;
  return recordedEntry({ seq, at, ms, path, headers, request: said.request, conversation, answer: answerOf(kept, said.answer, how) });
}

function answerOf({ answer }: KeptCall, body: string, ended: TapeEntry['answer']['ended']): TapeEntry['answer'] {
  return { status: answer.status, headers: { ...answer.headers }, body, ended };
}

/** What was answered in a call that did not end is on no record. */
const endOnTape: Readonly<Record<CallEnd, TapeEntry['answer']['ended'] | null>> = {
  whole: 'complete',
  refused: 'complete',
  'broken-off': 'dropped',
  left: 'left',
  open: null,
  lost: null,
};
