/** What a frame is: of the wire itself, of a call, or of the stream that goes with a call. */
export const frameKinds = {
  /** The first one of each side: which protocol it speaks. */
  hello: 1,
  ping: 2,
  pong: 3,
  call: 10,
  /** Tells a call that nobody wants its answer any more, and why. */
  cancel: 11,
  answer: 12,
  /** Tells the caller that his call is under way, before its answer. */
  under: 13,
  /** Something the other side is told and does not answer. */
  note: 14,
  data: 20,
  /** The last data of a stream was sent. */
  end: 21,
  /** No more data of a stream is taken. */
  stop: 22,
  /** So many more bytes of a stream are taken. */
  credit: 23,
} as const;
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

export interface Frame {
  readonly kind: FrameKind;
  /** The call, or the stream that goes with it. */
  readonly id: number;
  /** More of the same message follows in frames of the same kind and id. */
  readonly more: boolean;
  readonly payload: Uint8Array;
}

/** Biggest payload of a frame, in bytes: small enough that others get their turn on a slow wire. */
export const mostPayload = 64 * 1024;

const headBytes = 10;
const nothing = new Uint8Array(0);

/** The bytes of a frame: length of what follows (4), kind (1), more (1), id (4), payload. */
export function frameBytes({ kind, id, more = false, payload = nothing }: Pick<Frame, 'kind' | 'id'> & Partial<Frame>): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + payload.length);
  bytes.writeUInt32BE(headBytes - 4 + payload.length, 0);
  bytes.writeUInt8(kind, 4);
  bytes.writeUInt8(more ? 1 : 0, 5);
  bytes.writeUInt32BE(id, 6);
  bytes.set(payload, headBytes);
  return bytes;
}

/** Why a stream of bytes is no wire of ours. */
export class ForeignStream extends Error {}

/** The frames of a stream of bytes. Throws `ForeignStream` for bytes that are no frames, and for one that is cut short. */
export async function* framesOf(output: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of output) {
    pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk]);
    for (let frame = firstOf(pending); frame !== null; frame = firstOf(pending)) {
      pending = pending.subarray(headBytes + frame.payload.length);
      yield frame;
    }
  }
  if (pending.length > 0) throw new ForeignStream(`it ended in the middle of a message, after ${excerpt(pending)}`);
}

/** The first whole frame; null where more bytes are needed. */
function firstOf(bytes: Buffer): Frame | null {
  if (bytes.length < headBytes) return looksForeign(bytes);
  const length = bytes.readUInt32BE(0);
  const kind = bytes.readUInt8(4);
  if (length < headBytes - 4 || length > headBytes - 4 + mostPayload || !isKind(kind)) {
    throw new ForeignStream(`it says ${excerpt(bytes)}`);
  }
  if (bytes.length < 4 + length) return null;
  const payload = Buffer.from(bytes.subarray(headBytes, 4 + length));
  return { kind, more: bytes.readUInt8(5) === 1, id: bytes.readUInt32BE(6), payload };
}

/** Few bytes can tell already: no frame is so long that its first byte is not zero. */
function looksForeign(bytes: Buffer): null {
  if (bytes.length > 0 && bytes.readUInt8(0) !== 0) throw new ForeignStream(`it says ${excerpt(bytes)}`);
  return null;
}

function isKind(kind: number): kind is FrameKind {
  return (Object.values(frameKinds) as number[]).includes(kind);
}

function excerpt(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, 120).toString('latin1'));
}
