import type { RunId } from '../base/ids.ts';
import type { LedgerEvent, NewEvent } from '../evidence/event.ts';
import type { Tx } from './tx.ts';

/** The append-only, hash-chained event log; the one write path to the record. */
export interface Ledger {
  /**
   * Appends events to a run's chain in one transaction, in the order given. An event whose key the run already
   * has is left as it is, so that a step may be done twice. Returns the stored events, old or new, in that order.
   * With `tx` it is part of that transaction, which from then on nobody else can append to this run beside.
   * Throws `disk-full` or `database-unavailable`.
   */
  append(run: RunId, events: readonly NewEvent[], tx?: Tx): Promise<readonly LedgerEvent[]>;
  /** All events of a run in order; empty for a run it does not know. With `tx` also those appended in it. */
  read(run: RunId, tx?: Tx): Promise<readonly LedgerEvent[]>;
  /** One event by key, or null. */
  find(run: RunId, key: string): Promise<LedgerEvent | null>;
  /** The newest runs first, with their first and last events, as the run list needs them. */
  runs(filter?: RunFilter): Promise<readonly RunRow[]>;
  /** The newest event of `type` over all runs whose body contains `match` (JSON containment), or null. */
  latest(type: string, match: Readonly<Record<string, unknown>>): Promise<LedgerEvent | null>;
  /** Gates that were opened and neither answered nor expired nor left behind by their run, oldest first. */
  openGates(filter?: { readonly run?: RunId }): Promise<readonly LedgerEvent[]>;
}

export interface RunFilter {
  readonly limit?: number;
  readonly line?: string;
  /** Run ids that begin with this text. */
  readonly prefix?: string;
}

export interface RunRow {
  readonly run: RunId;
  readonly startedAt: string;
  readonly lastAt: string;
  readonly events: number;
  readonly head: string;
}

/** The chain of what operators do to the factory itself; it is no run and is not listed among them. */
export const factoryChain = 'factory' as RunId;
