import type { Tx } from './tx.ts';

/** What operators set while the factory runs: limits, pauses, and what waits for a person. */
export interface Control {
  limits(): Promise<readonly Limit[]>;
  /** Sets a limit, or takes it away where it limits nothing. A line's own limits never replace an operator's. Throws `limit-invalid`. */
  setLimit(limit: NewLimit, tx?: Tx): Promise<void>;
  pauses(): Promise<readonly Pause[]>;
  /** Pauses a scope; pausing it twice leaves the first. Returns whether it is new. */
  pause(pause: Pause, tx?: Tx): Promise<boolean>;
  /** Lifts a pause. Returns whether there was one. */
  unpause(scope: string, tx?: Tx): Promise<boolean>;
  /** What waits for a person, oldest first. */
  reviews(line?: string): Promise<readonly Review[]>;
  /** Says that something waits for a person; saying it twice changes nothing. */
  awaitReview(review: Omit<Review, 'since'>, tx: Tx): Promise<void>;
  /** Says that it no longer does. Returns whether it did. */
  reviewed(id: string, by: string, tx?: Tx): Promise<boolean>;
  /** Slots taken and starts counted for each limit, for people who look. */
  usage(): Promise<readonly Usage[]>;
  /** Works that the engine carries, newest first. */
  works(filter: {
    readonly kind?: 'run' | 'request' | 'schedule';
    readonly open?: boolean;
    readonly limit: number;
  }): Promise<readonly string[]>;
  /** Lets a failed work go on with its steps. Returns whether it had failed. */
  retry(work: string): Promise<boolean>;
}

/**
 * A limit on everything that carries its key: 'global', 'queue:stages', 'line:deps', 'repository:9f2c', 'station:mechanic',
 * 'provider:anthropic', or 'review:deps' for what may wait for a person. 'repository:*' is for each repository that
 * has no limit of its own, and so for the other kinds.
 */
export interface NewLimit {
  readonly key: string;
  /** Slots; null sets none. 0 lets nothing through. */
  readonly atOnce: number | null;
  /** Starts within a time; null sets none. */
  readonly rate: { readonly count: number; readonly seconds: number } | null;
  readonly by: 'operator' | 'line';
}

export type Limit = NewLimit;

export interface Pause {
  /** 'factory', 'line:deps', 'queue:stages'. */
  readonly scope: string;
  readonly why: string;
  readonly by: string;
  readonly at: string;
}

export interface Review {
  /** A run, or a gate. */
  readonly id: string;
  readonly run: string;
  readonly line: string;
  /** What a person is to look at, in a few words. */
  readonly what: string;
  readonly since: string;
}

export interface Usage {
  readonly key: string;
  readonly taken: number;
  readonly started: number;
}
