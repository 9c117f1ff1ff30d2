import type { RecordedCall } from '../../../core/ports/gateway/call-recorder.ts';
import { type Part, partsOf } from './parts.ts';

/** A call on its way to the thread that writes: all but its bytes, and how those lie one after the other. */
export interface PackedCall {
  readonly head: Omit<RecordedCall, 'request' | 'answer'> & { readonly answer: Omit<RecordedCall['answer'], 'chunks'> };
  readonly requestBytes: number;
  /** Of each piece of the answer, milliseconds since the call came and its length in bytes. */
  readonly pieces: readonly (readonly [ms: number, bytes: number])[];
  readonly bytes: Uint8Array;
  /** Calls before this one that there was no room for. */
  readonly dropped: number;
}

/** Puts the bytes of a call into one piece of memory of their own, which can be handed over without another copy. */
export function packed({ request, answer: { chunks, ...answer }, ...call }: RecordedCall, dropped: number): PackedCall {
  const length = chunks.reduce((sum, { bytes }) => sum + bytes.length, request.length);
  const all = new Uint8Array(length);
  all.set(request);
  let at = request.length;
  for (const { bytes } of chunks) {
    all.set(bytes, at);
    at += bytes.length;
  }
  const pieces = chunks.map(({ ms, bytes }) => [ms, bytes.length] as const);
  return { head: { ...call, answer }, requestBytes: request.length, pieces, bytes: all, dropped };
}

/** Writes the lines of a record. */
export interface LineWriter {
  /** The line of a call, after one for each part of its request that was not written before. */
  linesOf(call: PackedCall): string;
}

/** So many parts are remembered; one that comes again after that is written again. */
const mostParts = 100_000;

/**
 * Makes lines of calls. Agents send all that was said again with every call: each part of it is looked through for secrets, and written, once.
 * Secrets are taken out of an answer as a whole, so that none hides between two pieces; where that changed its length, `redacted` says
 * that the lengths of pieces are those from before.
 */
export function lineWriter(redact: (text: string) => string): LineWriter {
  const written = new Set<string>();
  const partLine = ({ id, bytes }: Part): string => {
    if (written.has(id)) return '';
    if (written.size >= mostParts) written.clear();
    written.add(id);
    return line({ v: 1, part: id, text: redact(bytes.toString('utf8')) });
  };
  return {
    linesOf({ head, requestBytes, pieces, bytes, dropped }) {
      const { answer, ...call } = head;
      const parts = partsOf(Buffer.from(bytes.buffer, bytes.byteOffset, requestBytes));
      const said = new TextDecoder().decode(bytes.subarray(requestBytes));
      const text = redact(said);
      const rounded = pieces.map(([ms, length]) => [Math.round(ms * 100) / 100, length]);
      const own = { ...answer, text, pieces: rounded, ...(text !== said && { redacted: true }) };
      const whole = { v: 1, ...call, request: parts.map(({ id }) => id), answer: own, ...(dropped > 0 && { dropped }) };
      return parts.map(partLine).join('') + line(whole);
    },
  };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
