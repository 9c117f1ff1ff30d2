/** Collects a stream within a limit: its beginning and its end are kept, the middle is cut. */
export interface BoundedOutput {
  add(chunk: Uint8Array): void;
  text(): string;
  truncated(): boolean;
}

/**
 * Keeps at most `limit` bytes, half of them from the beginning and half from the end.
 *
 * @example
 * const output = boundedOutput(8 * 1024 * 1024);
 */
export function boundedOutput(limit: number): BoundedOutput {
  const headLimit = Math.ceil(limit / 2);
  const tailLimit = limit - headLimit;
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let cutBytes = 0;

  const dropFromTail = (): void => {
    while (tailBytes > tailLimit) {
      const first = tail[0] ?? Buffer.alloc(0);
      const extra = Math.min(first.length, tailBytes - tailLimit);
      if (extra === first.length) tail.shift();
      else tail[0] = first.subarray(extra);
      tailBytes -= extra;
      cutBytes += extra;
    }
  };

  return {
    add: (chunk) => {
      const room = Math.min(chunk.length, headLimit - headBytes);
      const bytes = Buffer.from(chunk);
      if (room > 0) head.push(bytes.subarray(0, room));
      headBytes += room;
      if (room === bytes.length) return;
      tail.push(bytes.subarray(room));
      tailBytes += bytes.length - room;
      dropFromTail();
    },
    text: () => {
      if (cutBytes === 0) return Buffer.concat([...head, ...tail]).toString('utf8');
      return joinCut(Buffer.concat(head), cutBytes, Buffer.concat(tail));
    },
    truncated: () => cutBytes > 0,
  };
}

/** Text of an output whose middle was cut. */
export function joinCut(head: Buffer, cutBytes: number, tail: Buffer): string {
  return `${head.toString('utf8')}\n[... ${cutBytes} bytes cut ...]\n${tail.toString('utf8')}`;
}
