import { crc32 } from 'node:zlib';

/** One message of `application/vnd.amazon.eventstream`: lengths, headers and content, each held by a checksum. */
export function eventFrame(headers: Readonly<Record<string, string>>, payload: object): Buffer {
  const head = Buffer.concat(
    Object.entries({ ...headers, ':content-type': 'application/json' }).map(([name, value]) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(Buffer.byteLength(value));
      return Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name), Buffer.from([aText]), length, Buffer.from(value)]);
    }),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const lengths = Buffer.concat([word(head.length + body.length + 16), word(head.length)]);
  const message = Buffer.concat([lengths, word(crc32(lengths)), head, body]);
  return Buffer.concat([message, word(crc32(message))]);
}

/** The type of a header that is a text. */
const aText = 7;

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
