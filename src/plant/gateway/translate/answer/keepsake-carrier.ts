import { packed, unpacked } from '../conversation/keepsake.ts';

/**
 * Carries keepsakes to the next part of an answer that can hold them. Clients of some APIs drop thoughts and hand back what
 * stands beside the part behind them: that is where keepsakes travel.
 */
export interface KeepsakeCarrier {
  take(keepsake: string): void;
  /** All that was taken since, as one text; null for none. */
  given(): string | null;
}

/** A carrier with nothing in it. */
export function keepsakeCarrier(): KeepsakeCarrier {
  let held: string[] = [];
  return {
    take: (keepsake) => void held.push(keepsake),
    given() {
      const keepsakes = held.flatMap(unpacked).filter(({ data }) => data !== null);
      held = [];
      return keepsakes.length === 0 ? null : packed(keepsakes);
    },
  };
}
