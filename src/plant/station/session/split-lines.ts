/** A line of a stream of bytes, without its end; of one that is too long only its length is kept. */
export type Line = { readonly kind: 'line'; readonly bytes: Buffer } | { readonly kind: 'too-long'; readonly length: number };

export interface LineSplitter {
  /** The lines that end in this piece. */
  add(chunk: Uint8Array): readonly Line[];
  /** What came after the last line end. */
  rest(): readonly Line[];
}

const newline = 10;

/** Cuts a stream into lines, and keeps no more than `limit` bytes of it from one piece to the next. */
export function splitLines(limit: number): LineSplitter {
  let kept: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer): void => {
    length += piece.length;
    if (length <= limit) kept.push(piece);
    else kept = [];
  };
  const finish = (last: Buffer): Line => {
    take(last);
    const line: Line =
      length > limit ? { kind: 'too-long', length } : { kind: 'line', bytes: kept.length === 1 ? last : Buffer.concat(kept) };
    kept = [];
    length = 0;
    return line;
  };
  return {
    add: (chunk) => {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const lines: Line[] = [];
      let from = 0;
      for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
        lines.push(finish(bytes.subarray(from, end)));
        from = end + 1;
      }
      // A copy: whoever gave the piece may use its memory again.
      if (from < bytes.length) take(Buffer.from(bytes.subarray(from)));
      return lines;
    },
    rest: () => (length === 0 ? [] : [finish(Buffer.alloc(0))]),
  };
}
