import { ForeignStream } from './frames.ts';
import type { Frame } from './frames.ts';
import { readMessage } from './message.ts';
import type { Message } from './message.ts';

/** Puts messages together again that came in several frames. */
export interface Assembly {
  /** The message that this frame ends; null while more of it follows. Throws `ForeignStream` for one without end. */
  add(frame: Frame): Message | null;
}

/** Biggest message, in bytes: both streams of a command with as much output as a floor keeps, and the biggest file. */
const mostMessageBytes = 640 * 1024 * 1024;
/** Messages that may be half told at once. */
const mostParts = 10_000;

/** @param limit Bytes that one message may have. */
export function assembly(limit: number = mostMessageBytes): Assembly {
  const parts = new Map<string, { chunks: Uint8Array[]; bytes: number }>();
  return {
    add({ kind, id, more, payload }) {
      const name = `${kind}.${id}`;
      const part = parts.get(name) ?? { chunks: [], bytes: 0 };
      part.chunks.push(payload);
      part.bytes += payload.length;
      if (part.bytes > limit) throw new ForeignStream(`a message has more than ${limit} bytes`);
      if (more) {
        parts.set(name, part);
        if (parts.size > mostParts) throw new ForeignStream(`${parts.size} messages are told at once`);
        return null;
      }
      parts.delete(name);
      return readMessage(Buffer.concat(part.chunks));
    },
  };
}
