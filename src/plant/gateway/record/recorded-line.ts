import type { RecordedCall } from '../../../core/ports/gateway/call-recorder.ts';

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

/**
 * The line of a record for a call. Secrets are taken out of what was said as a whole, so that none hides between two pieces; where that
 * changed its length, `redacted` says that the lengths of pieces are those from before.
 */
export function lineOf({ head, requestBytes, pieces, bytes, dropped }: PackedCall, redact: (text: string) => string): string {
  const { answer, ...call } = head;
  const decoder = new TextDecoder();
  const asked = decoder.decode(bytes.subarray(0, requestBytes));
  const said = decoder.decode(bytes.subarray(requestBytes));
  const [request, text] = [redact(asked), redact(said)];
  const redacted = request !== asked || text !== said;
  const rounded = pieces.map(([ms, length]) => [Math.round(ms * 100) / 100, length]);
  return `${JSON.stringify({ v: 1, ...call, request, answer: { ...answer, text, pieces: rounded }, redacted, ...(dropped > 0 && { dropped }) })}\n`;
}
