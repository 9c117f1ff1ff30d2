import type { RecordedCall, RecordedTry } from '../../../core/ports/gateway/call-recorder.ts';
import { partShelf } from './part-shelf.ts';
import type { RequestToKeep } from './parts.ts';

/** A call on its way to the thread that writes: all but its bytes, and how those lie one after the other. */
export interface PackedCall {
  readonly head: Omit<RecordedCall, 'request' | 'answer'> & { readonly answer: Omit<RecordedCall['answer'], 'chunks'> };
  readonly requestBytes: number;
  /** Where elements of lists in the request begin; left out where nobody looked. */
  readonly elements?: readonly number[];
  /** Of each piece of the answer, milliseconds since the call came and its length in bytes. */
  readonly pieces: readonly (readonly [ms: number, bytes: number])[];
  readonly bytes: Uint8Array;
  /** Calls before this one that there was no room for. */
  readonly dropped: number;
}

/** A call that waits to be handed over, and how many before it there was no room for. */
export interface WaitingCall {
  readonly call: RecordedCall;
  readonly dropped: number;
}

/** Calls as they are handed over: all but their bytes as one text, because a thread takes that faster than what it says. */
export interface Batch {
  readonly heads: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Puts the bytes of calls into one piece of memory of their own, which can be handed over without another copy. */
export function packed(waiting: readonly WaitingCall[]): Batch {
  const bytes = Buffer.allocUnsafeSlow(waiting.reduce((sum, { call }) => sum + bytesOf(call), 0));
  let at = 0;
  const put = (part: Uint8Array): void => {
    bytes.set(part, at);
    at += part.length;
  };
  const heads = waiting.map(({ call, dropped }): Omit<PackedCall, 'bytes'> => {
    const { request, answer } = call;
    put(request);
    for (const chunk of answer.chunks) put(chunk.bytes);
    const pieces = answer.chunks.map(({ ms, bytes: { length } }) => [ms, length] as const);
    return { head: headOf(call), requestBytes: request.length, ...(call.elements && { elements: call.elements }), pieces, dropped };
  });
  return { heads: JSON.stringify(heads), bytes };
}

/** Member by member: to leave two out of an object costs more, and this is done with every call. */
function headOf(call: RecordedCall): PackedCall['head'] {
  const { id, at, caller, key, protocol, alias, path, headers, tries, ended, usage, estimated, cost, by, saved, ms, answer } = call;
  const { status, headers: told, bytesDropped } = answer;
  const own = { status, headers: told, bytesDropped };
  return { id, at, caller, key, protocol, alias, path, headers, tries, answer: own, ended, usage, estimated, cost, by, saved, ms };
}

/** Bytes of a call that are handed over. */
export function bytesOf({ request, answer: { chunks } }: RecordedCall): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes.length, request.length);
}

/** The calls of a batch, one after the other. */
export function unpacked({ heads, bytes }: Batch): readonly PackedCall[] {
  let at = 0;
  return (JSON.parse(heads) as readonly Omit<PackedCall, 'bytes'>[]) // written by `packed`
    .map((call) => {
      const from = at;
      at += call.pieces.reduce((sum, [, length]) => sum + length, call.requestBytes);
      return { ...call, bytes: bytes.subarray(from, at) };
    });
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
      const told = { ...answer, headers: each(answer.headers, redact) };
      const own = { ...told, text, pieces: rounded(pieces), ...(text !== said && { redacted: true }) };
      const tries = triesWith(call.tries, redact);
      const asked = { ...call, tries, alias: redact(call.alias), path: redact(call.path), headers: each(call.headers, redact) };
      const whole = { v: 1, ...asked, request: parts.map(({ sha256 }) => sha256), answer: own, ...(dropped > 0 && { dropped }) };
      const fresh = parts.flatMap((part) => (part.text === null ? [] : [line({ v: 1, part: part.sha256, text: part.text })]));
      return fresh.join('') + line(whole);
    },
  };
}

/** The request of a packed call. */
export function requestIn({ head, bytes, requestBytes, elements }: PackedCall): RequestToKeep {
  const session = head.tries[0]?.session?.id ?? head.key;
  return { body: Buffer.from(bytes.buffer, bytes.byteOffset, requestBytes), session, elements };
}

/** What went to its caller. */
export function answerIn({ bytes, requestBytes }: PackedCall): string {
  return new TextDecoder().decode(bytes.subarray(requestBytes));
}

/** Headers with each value changed. */
export function each(headers: Readonly<Record<string, string>>, change: (text: string) => string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));
}

/** Tries with what upstreams said changed. */
export function triesWith(tries: readonly RecordedTry[], change: (text: string) => string): readonly RecordedTry[] {
  return tries.map((one) => (one.words === undefined ? one : { ...one, words: change(one.words) }));
}

/** Hundredths of a millisecond are enough. */
export function rounded(pieces: PackedCall['pieces']): PackedCall['pieces'] {
  return pieces.map(([ms, length]) => [Math.round(ms * 100) / 100, length]);
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
