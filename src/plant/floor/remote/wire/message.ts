import { ForeignStream } from './frames.ts';

/** What is told over a wire: a value of JSON, and beside it what is too big for one or is no text. */
export interface Message {
  readonly value: unknown;
  readonly blobs: readonly Uint8Array[];
}

/** The bytes of a message: the number of its parts, the length of each (4 bytes each), then the parts; the value first. */
export function messageBytes({ value, blobs }: Message): Buffer {
  const parts = [Buffer.from(JSON.stringify(value ?? null)), ...blobs];
  const head = Buffer.alloc(4 + 4 * parts.length);
  head.writeUInt32BE(parts.length, 0);
  parts.forEach((part, index) => head.writeUInt32BE(part.length, 4 + 4 * index));
  return Buffer.concat([head, ...parts]);
}

/** Reads a message. Throws `ForeignStream` where it is none. */
export function readMessage(bytes: Buffer): Message {
  const count = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  if (count === 0 || bytes.length < 4 + 4 * count) throw new ForeignStream('a message has no parts');
  const parts: Buffer[] = [];
  let at = 4 + 4 * count;
  for (let index = 0; index < count; index += 1) {
    const end = at + bytes.readUInt32BE(4 + 4 * index);
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  if (at !== bytes.length) throw new ForeignStream(`a message of ${bytes.length} bytes says that it has ${at}`);
  const [value = Buffer.alloc(0), ...blobs] = parts;
  return { value: parse(value), blobs };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new ForeignStream('a message is no JSON', { cause });
  }
}
