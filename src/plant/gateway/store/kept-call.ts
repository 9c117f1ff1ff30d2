import type { KeptCall } from '../../../core/ports/gateway/call-ledger.ts';

/** A row of `jidoka.model_call`; what is a bigint there is text. */
export interface CallRecord {
  readonly id: string;
  readonly at: Date;
  readonly line: string;
  readonly fleet: string | null;
  readonly run: string;
  readonly stage: string | null;
  readonly station: string;
  readonly key: string;
  readonly protocol: KeptCall['protocol'];
  readonly slot: string;
  readonly model: string | null;
  readonly upstream: string | null;
  readonly input: string;
  readonly cache_read: string;
  readonly cache_write_5m: string;
  readonly cache_write_1h: string;
  readonly output: string;
  readonly reasoning: string;
  readonly is_estimated: boolean;
  readonly cost: string | null;
  readonly price_as_of: string | null;
  readonly saved: string | null;
  readonly ended: KeptCall['ended'];
  readonly ms: number;
  readonly tries: KeptCall['tries'];
  readonly path: string;
  readonly headers: KeptCall['headers'];
  readonly request: readonly string[];
  readonly status: number;
  readonly answer_headers: KeptCall['headers'];
  readonly answer: string | null;
  readonly pieces: KeptCall['answer']['pieces'];
  readonly bytes_dropped: string;
  readonly dropped: number;
  /** Whose open call it is; null where it has ended. */
  readonly holder: string | null;
}

/** Reads a row. An open call is lost where its holder does not live. */
export function keptCall(row: CallRecord, isHeld: boolean): KeptCall {
  const { line, fleet, run, stage, station, model, upstream, cost, price_as_of: asOf } = row;
  return {
    id: row.id,
    at: row.at.getTime(),
    caller: { line, fleet, run, stage, station },
    key: row.key,
    protocol: row.protocol,
    alias: row.slot,
    path: row.path,
    headers: row.headers,
    request: row.request,
    tries: row.tries,
    answer: {
      status: row.status,
      headers: row.answer_headers,
      body: row.answer,
      pieces: row.pieces,
      bytesDropped: Number(row.bytes_dropped),
    },
    ended: row.ended === 'open' && !isHeld ? 'lost' : row.ended,
    usage: {
      input: Number(row.input),
      cacheRead: Number(row.cache_read),
      cacheWrite5m: Number(row.cache_write_5m),
      cacheWrite1h: Number(row.cache_write_1h),
      output: Number(row.output),
      reasoning: Number(row.reasoning),
    },
    estimated: row.is_estimated,
    cost: cost === null || asOf === null ? { kind: 'unpriced' } : { kind: 'priced', microUsd: Number(cost), asOf },
    by: model === null || upstream === null ? null : { model, at: upstream },
    saved: row.saved === null ? null : Number(row.saved),
    ms: row.ms,
    dropped: row.dropped,
  };
}
