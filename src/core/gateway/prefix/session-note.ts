import type { SwitchNote } from './place-session.ts';

/** What the record of a call says of its session, and of why it was asked first where it was. */
export interface SessionNote {
  /** Names the session, by a digest that says nothing of its words. */
  readonly id: string;
  /** Models that it could be asked of, in the order of the slot. */
  readonly plan: readonly string[];
  /** `PROVIDER/NAME` where the session was before; null for a new one. */
  readonly pinned: string | null;
  /** Tokens that were in the cache there. */
  readonly cached: number;
  /** Why it was asked elsewhere first; null where it stayed, or is new. */
  readonly switched: SwitchNote | null;
  /** Whether it was a simple turn that went to the fastest model. */
  readonly simple: boolean;
  /** Whether less was read from the cache than the session had come to: something before its end changed, or it was thrown away. */
  readonly cacheLost: boolean;
}
