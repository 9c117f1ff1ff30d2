import type { RecordedCall } from '../../../core/ports/gateway/call-recorder.ts';
import { partShelf } from './part-shelf.ts';

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

/**
 * Makes lines of calls. Secrets are taken out of an answer as a whole, so that none hides between two pieces; where that changed its
 * length, `redacted` says that the lengths of pieces are those from before.
 */
export function lineWriter(redact: (text: string) => string): LineWriter {
  const shelf = partShelf(redact);
  return {
    linesOf(packedCall) {
      const { head, pieces, dropped } = packedCall;
      const { answer, ...call } = head;
      const parts = shelf.partsOf(requestIn(packedCall));
      const said = answerIn(packedCall);
      const text = redact(said);
      const own = { ...answer, text, pieces: rounded(pieces), ...(text !== said && { redacted: true }) };
      const whole = { v: 1, ...call, request: parts.map(({ sha256 }) => sha256), answer: own, ...(dropped > 0 && { dropped }) };
      const fresh = parts.flatMap((part) => (part.text === null ? [] : [line({ v: 1, part: part.sha256, text: part.text })]));
      return fresh.join('') + line(whole);
    },
  };
}

/** The request of a packed call. */
export function requestIn({ bytes, requestBytes }: PackedCall): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, requestBytes);
}

/** What went to its caller. */
export function answerIn({ bytes, requestBytes }: PackedCall): string {
  return new TextDecoder().decode(bytes.subarray(requestBytes));
}

/** Hundredths of a millisecond are enough. */
export function rounded(pieces: PackedCall['pieces']): PackedCall['pieces'] {
  return pieces.map(([ms, length]) => [Math.round(ms * 100) / 100, length]);
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
