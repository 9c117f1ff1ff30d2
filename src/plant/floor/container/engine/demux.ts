import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';

/** Streams of a program in a container, as the engine's frames tell them apart. */
const streams = { stdout: 1, stderr: 2 } as const;
const headerBytes = 8;

/**
 * Passes on what a program says on stdout, and gives what it says on stderr to `complaint`; whoever reads slowly keeps
 * the program waiting. A frame is a stream, three bytes of nothing, the length, and the bytes.
 */
export function demux(complaint: (chunk: Buffer) => void): Transform {
  let header = Buffer.alloc(0);
  let stream = 0;
  let left = 0;
  const eat = (out: Transform, chunk: Buffer): void => {
    let rest = chunk;
    while (rest.length > 0) {
      if (left === 0) {
        const missing = headerBytes - header.length;
        header = Buffer.concat([header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (header.length < headerBytes) return;
        stream = header.readUInt8(0);
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const part = rest.subarray(0, left);
      rest = rest.subarray(part.length);
      left -= part.length;
      if (stream === streams.stdout) out.push(part);
      else if (stream === streams.stderr) complaint(part);
      else throw new Error(`The engine sent a frame of the stream ${stream}, which there is not.`);
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      try {
        eat(this, chunk);
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
}
