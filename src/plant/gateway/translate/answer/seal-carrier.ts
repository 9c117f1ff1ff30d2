import { sealed, unsealed } from '../conversation/seal.ts';

/**
 * Carries seals to the next part of an answer that can hold them. Clients of some APIs drop thoughts and hand back what
 * stands beside the part behind them: that is where seals travel.
 */
export interface SealCarrier {
  take(seal: string): void;
  /** All that was taken since, as one text; null for none. */
  given(): string | null;
}

/** A carrier with nothing in it. */
export function sealCarrier(): SealCarrier {
  let held: string[] = [];
  return {
    take: (seal) => void held.push(seal),
    given() {
      const seals = held.flatMap(unsealed).filter(({ data }) => data !== null);
      held = [];
      return seals.length === 0 ? null : sealed(seals);
    },
  };
}
