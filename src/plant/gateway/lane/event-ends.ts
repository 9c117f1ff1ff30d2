/** Cuts a stream of server-sent events into parts that end where an event does. */
export interface EventEnds {
  /** All whole events so far that were not taken before; null where one is longer than any answer. */
  take(chunk: Buffer): Buffer | null;
  /** What was begun and never ended. */
  rest(): Buffer;
}

/**
 * Holds back the half of an event until its other half comes: what has been said can then be ended with a whole event of our own,
 * wherever an upstream breaks off. An event that comes whole is not held at all.
 */
export function eventEnds(most: number): EventEnds {
  let begun: Buffer[] = [];
  let held = 0;
  return {
    take(chunk) {
      const end = endOf(chunk);
      if (end === chunk.length && begun.length === 0) return chunk;
      begun.push(chunk);
      held += chunk.length;
      // The end of an event may itself be cut in two.
      const all = begun.length === 1 ? chunk : Buffer.concat(begun);
      const cut = begun.length === 1 ? end : endOf(all);
      if (cut === 0) {
        begun = [all];
        return held > most ? null : empty;
      }
      begun = cut === all.length ? [] : [all.subarray(cut)];
      held = all.length - cut;
      return all.subarray(0, cut);
    },
    rest: () => Buffer.concat(begun),
  };
}

const empty = Buffer.alloc(0);
const ends = ['\n\n', '\r\n\r\n', '\r\r'].map((end) => Buffer.from(end));

/** The byte after the last event that is whole; 0 where none is. */
function endOf(bytes: Buffer): number {
  return Math.max(
    ...ends.map((end) => {
      const at = bytes.lastIndexOf(end);
      return at === -1 ? 0 : at + end.length;
    }),
  );
}
