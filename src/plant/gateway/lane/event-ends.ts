/** Cuts a stream of server-sent events into parts that end where an event does. */
export interface EventEnds {
  /** All whole events so far that were not taken before; null where one is longer than any answer. */
  take(chunk: Buffer): Buffer | null;
  /** What was begun and never ended. */
  rest(): Buffer;
}

/**
 * Holds back the half of an event until its other half comes: what has been said can then be ended with a whole event of our own,
 * wherever an upstream breaks off. An event that comes whole is not held at all. Each byte is looked at once, however many pieces it takes.
 */
export function eventEnds(most: number): EventEnds {
  let memory = empty;
  let held = 0;
  const hold = (bytes: Buffer): void => {
    if (memory.length < held + bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(leastMemory, 2 * (held + bytes.length)));
      memory.copy(larger, 0, 0, held);
      memory = larger;
    }
    held += bytes.copy(memory, held);
  };
  return {
    take(chunk) {
      if (held === 0 && endOf(chunk) === chunk.length) return chunk;
      // The end of an event may itself be cut in two.
      const from = Math.max(0, held - longestEnd + 1);
      hold(chunk);
      const end = endOf(memory.subarray(from, held));
      if (end === 0) return held > most ? null : empty;
      const whole = memory.subarray(0, from + end);
      const rest = memory.subarray(from + end, held);
      [memory, held] = [empty, 0];
      if (rest.length > 0) hold(rest);
      return whole;
    },
    rest: () => memory.subarray(0, held),
  };
}

/** Bytes that are had for a half of an event at least. */
const leastMemory = 4096;
const empty = Buffer.alloc(0);
const ends = ['\n\n', '\r\n\r\n', '\r\r'].map((end) => Buffer.from(end));
const longestEnd = 4;

/** The byte after the last event that is whole; 0 where none is. */
function endOf(bytes: Buffer): number {
  return Math.max(
    ...ends.map((end) => {
      const at = bytes.lastIndexOf(end);
      return at === -1 ? 0 : at + end.length;
    }),
  );
}
