import { partsOf as partsOfUpstream } from '../../../core/gateway/config/model.ts';
import type { PartShelf } from '../record/part-shelf.ts';
import { sha256Of } from '../record/part-shelf.ts';
import { answerIn, each, type PackedCall, requestIn, rounded, triesWith } from '../record/recorded-line.ts';

/** A call as a row of `jidoka.model_call`, or of `jidoka.model_call_open`, and the blobs of it that were not given before. */
export interface CallRow {
  readonly id: string;
  readonly isOpen: boolean;
  /** The row as JSON, with the columns by their names. */
  readonly json: string;
  readonly blobs: readonly Blob[];
}

/** Content by its sha256. */
export interface Blob {
  readonly sha256: string;
  readonly text: string;
}

/** What rows are made with. `holder` names the process whose open calls are. */
export interface RowMaking {
  readonly shelf: PartShelf;
  readonly redact: (text: string) => string;
  readonly holder: string | null;
}

/** Makes the row of a call. Secrets are taken out of all that the caller or the upstream wrote. */
export function callRow(call: PackedCall, { shelf, redact, holder }: RowMaking): CallRow {
  const { head, pieces, dropped } = call;
  const { caller, usage, cost, by, answer } = head;
  const isOpen = head.ended === 'open';
  const clean = (text: string): string => wellFormed(redact(text));
  const parts = shelf.partsOf(requestIn(call));
  const said = redact(answerIn(call));
  const body = said === '' ? null : { sha256: sha256Of(said), text: said };
  const row = {
    id: head.id,
    at: new Date(head.at).toISOString(),
    ...caller,
    key: head.key,
    protocol: head.protocol,
    slot: clean(head.alias),
    model: by?.model ?? null,
    provider: by === null ? null : partsOfUpstream(by.at).provider,
    upstream: by?.at ?? null,
    input: usage.input,
    cache_read: usage.cacheRead,
    cache_write_5m: usage.cacheWrite5m,
    cache_write_1h: usage.cacheWrite1h,
    output: usage.output,
    reasoning: usage.reasoning,
    is_estimated: head.estimated,
    cost: cost.kind === 'priced' ? cost.microUsd : null,
    price_as_of: cost.kind === 'priced' ? cost.asOf : null,
    saved: head.saved,
    ended: head.ended,
    ms: head.ms,
    tries: triesWith(head.tries, clean),
    path: clean(head.path),
    headers: each(head.headers, clean),
    request: parts.map(({ sha256 }) => sha256),
    status: answer.status,
    answer_headers: each(answer.headers, clean),
    answer: body?.sha256 ?? null,
    pieces: rounded(pieces),
    bytes_dropped: answer.bytesDropped,
    dropped,
    ...(isOpen && { holder }),
  };
  const fresh = parts.flatMap(({ sha256, text }) => (text === null ? [] : [{ sha256, text }]));
  const json = JSON.stringify(row, (_, value: unknown) => (typeof value === 'string' ? wellFormed(value) : value));
  return { id: head.id, isOpen, json, blobs: body === null ? fresh : [...fresh, body] };
}

/** PostgreSQL has no text with a NUL or half of a surrogate pair in it: these become the replacement character. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString('utf8').replaceAll('\u0000', '\ufffd');
}
