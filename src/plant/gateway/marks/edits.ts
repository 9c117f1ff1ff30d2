/** A change of a body at one place. */
export interface Edit {
  readonly at: number;
  /** Bytes that are taken out there. */
  readonly drop: number;
  readonly text: string;
}

/**
 * A body with these changes, and the same in every other byte. The changes may come in any order, and do not overlap.
 *
 * @example
 * edited(Buffer.from('{"a":1}'), [{ at: 6, drop: 0, text: ',"b":2' }]); // {"a":1,"b":2}
 */
export function edited(body: Buffer, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return body;
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, drop, text } of edits.toSorted((left, right) => left.at - right.at)) {
    parts.push(body.subarray(from, at), Buffer.from(text));
    from = at + drop;
  }
  parts.push(body.subarray(from));
  // In one piece: to write several takes as long as to put them together.
  return Buffer.concat(parts);
}
