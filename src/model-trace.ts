import type { CallLedger, KeptCall } from './core/ports/gateway/call-ledger.ts';
import type { TracedCall } from './core/ports/gateway/model-trace.ts';
import type { TraceFilter } from './core/ports/gateway/gateway-door.ts';
import { traceCalls } from './plant/gateway/trace/index.ts';
import { recordedEntry, type TapeEntry } from './plant/twin/index.ts';

/** Rebuilds what was said in a run. Throws `evidence-invalid` where a part of its record is gone or was changed. */
export function traceRun(ledger: CallLedger, filter: TraceFilter): AsyncIterable<TracedCall> {
  return traceCalls(ledger, filter);
}

/** Makes of the record of a run a tape, an entry to a line, that a model twin answers from word for word; calls that nobody answered are left out. */
export async function* tapeOfRun(ledger: CallLedger, filter: TraceFilter): AsyncGenerator<string> {
  const calls = new Map((await ledger.calls({ ...filter, limit: 100_000 })).map((call) => [call.id, call]));
  let seq = 0;
  for await (const { call: traced, conversation } of traceCalls(ledger, filter)) {
    const call = calls.get(traced.id);
    const said = await ledger.said(traced.id);
    if (call === undefined || said === null || call.answer.status === 0) continue;
    const { caller, at, ms, path, headers } = call;
    const name = `${caller.stage ?? ''}/${caller.station}/${conversation}`;
    const entry = recordedEntry({
      seq: seq + 1,
      at,
      ms,
      path,
      headers,
      request: said.request,
      conversation: name,
      answer: answerOf(call, said.answer),
    });
    if (entry === null) continue;
    seq += 1;
    yield JSON.stringify(entry);
  }
}

function answerOf({ answer, ended }: KeptCall, body: string): TapeEntry['answer'] {
  const how = ({ whole: 'complete', refused: 'complete', 'broken-off': 'dropped', left: 'left' } as const)[ended];
  return { status: answer.status, headers: { ...answer.headers }, body, ended: how };
}
