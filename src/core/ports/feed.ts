import type { LedgerEvent } from '../evidence/event.ts';

/** All events of all runs in one order that never changes, for those who follow along. */
export interface Feed {
  /**
   * Events behind a cursor, in the feed's order: what was returned once is never preceded by what comes later, however
   * many writers there are. `null` begins at the first event ever. Throws `usage` for a text that is no cursor.
   */
  after(cursor: string | null, options: FeedOptions): Promise<FeedPage>;
  /** The cursor behind which only what is yet to come lies. */
  end(): Promise<string>;
  /** Resolves when something may be new, at the latest after `maxMs`, or when the signal is aborted. */
  wait(maxMs: number, signal: AbortSignal): Promise<void>;
}

export interface FeedOptions {
  readonly limit: number;
  /** Only events of this run; the cursor moves on over the others. */
  readonly run?: string;
}

export interface FeedPage {
  readonly events: readonly FedEvent[];
  /** Where to go on, also when there was nothing. */
  readonly cursor: string;
}

export interface FedEvent {
  /** Text that a client sends back as Last-Event-ID to go on behind this event. */
  readonly cursor: string;
  readonly event: LedgerEvent;
}
