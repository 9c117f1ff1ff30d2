/** A change of a body at one place. */
export interface Edit {
  readonly at: number;
  /** Bytes that are taken out there. */
  readonly drop: number;
  readonly text: string;
}

/**
 * A body with these changes, and the same in every other byte. They may come in any order, and do not overlap.
 *
 * @example
 * edited(Buffer.from('{"a":1}'), [{ at: 6, drop: 0, text: ',"b":2' }]); // {"a":1,"b":2}
 */
export function edited(body: Buffer, edits: readonly Edit[]): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, drop, text } of edits.toSorted((left, right) => left.at - right.at)) {
    parts.push(body.subarray(from, at), Buffer.from(text));
    from = at + drop;
  }
  return Buffer.concat([...parts, body.subarray(from)]);
}
