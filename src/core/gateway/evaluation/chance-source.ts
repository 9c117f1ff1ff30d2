/** Gives numbers from 0 to 1, 1 excluded. */
export type ChanceSource = () => number;

/**
 * A source that gives the same numbers for the same seed, so that an evaluation can be repeated to the digit.
 *
 * @example
 * chanceSource(7)() === chanceSource(7)(); // true
 */
export function chanceSource(seed: number): ChanceSource {
  let state = seed >>> 0;
  // "mulberry32": 32 bits of state, good enough to draw samples with.
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
