/** What was said, within a limit: its beginning and its end are kept, the middle is cut. */
export interface BoundedRecord {
  add(piece: Uint8Array): void;
  /** What is kept, with a line that says how much is not. */
  content(): Uint8Array;
  /** All that came, kept or not. */
  bytes(): number;
}

/** Pieces are put together to blocks of this size, for many short ones take more room than what they say. */
const blockBytes = 64 * 1024;

/** Keeps at most about `limit` bytes, half of them from the beginning. */
export function boundedRecord(limit: number): BoundedRecord {
  const half = Math.ceil(limit / 2);
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  let [headBytes, tailBytes, all] = [0, 0, 0];
  let block: Buffer[] = [];
  let pending = 0;

  const settle = (): void => {
    if (pending === 0) return;
    tail.push(Buffer.concat(block));
    tailBytes += pending;
    block = [];
    pending = 0;
    for (let first = tail[0]; first !== undefined && tailBytes - first.length >= half; first = tail[0]) {
      tailBytes -= first.length;
      tail.shift();
    }
  };
  return {
    add: (piece) => {
      all += piece.length;
      const room = Math.max(0, Math.min(piece.length, half - headBytes));
      // A copy: whoever gives it may use its memory again.
      if (room > 0) head.push(Buffer.from(piece.subarray(0, room)));
      headBytes += room;
      if (room === piece.length) return;
      block.push(Buffer.from(piece.subarray(room).subarray(-half)));
      pending += block.at(-1)?.length ?? 0;
      if (pending >= blockBytes) settle();
    },
    content: () => {
      settle();
      const end = Buffer.concat(tail).subarray(-half);
      const cut = all - headBytes - end.length;
      const gap = cut > 0 ? [Buffer.from(`\n[... ${cut} bytes cut ...]\n`)] : [];
      return Buffer.concat([...head, ...gap, end]);
    },
    bytes: () => all,
  };
}
