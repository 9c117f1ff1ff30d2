/** A change of a body at one place. */
export interface Edit {
  readonly at: number;
  /** Bytes that are taken out there. */
  readonly drop: number;
  readonly text: string;
}

/** Up to so many bytes a copy costs less than to write in pieces. */
const shortBytes = 64 * 1024;

/**
 * A body with these changes, and the same in every other byte, as pieces that follow each other: of a long one nothing is copied. The
 * changes may come in any order, and do not overlap.
 *
 * @example
 * edited(Buffer.from('{"a":1}'), [{ at: 6, drop: 0, text: ',"b":2' }]); // [{"a":1,"b":2}]
 */
export function edited(body: Buffer, edits: readonly Edit[]): readonly Buffer[] {
  if (edits.length === 0) return [body];
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, drop, text } of edits.toSorted((left, right) => left.at - right.at)) {
    parts.push(body.subarray(from, at), Buffer.from(text));
    from = at + drop;
  }
  parts.push(body.subarray(from));
  return body.length > shortBytes ? parts : [Buffer.concat(parts)];
}
