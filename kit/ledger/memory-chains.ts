import type { RunId } from '../../src/core/base/ids.ts';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import type { Tx } from '../../src/core/ports/tx.ts';
import { commitWith, rollbackWith } from '../tx/index.ts';

/** A transaction that has a run to itself, and what it appended to it so far. */
interface Hold {
  readonly tx: Tx;
  readonly staged: LedgerEvent[];
  /** Resolves when the transaction has ended. */
  readonly ended: Promise<void>;
}

/** The chains of all runs. What a transaction adds is its own until it has held. */
export class MemoryChains {
  readonly log: LedgerEvent[] = [];
  readonly #chains = new Map<RunId, LedgerEvent[]>();
  readonly #holds = new Map<RunId, Hold>();
  readonly #listeners: (() => void)[] = [];

  onMore(listener: () => void): void {
    this.#listeners.push(listener);
  }

  all(): ReadonlyMap<RunId, readonly LedgerEvent[]> {
    return this.#chains;
  }

  /** The chain as a transaction sees it, or as all others do. */
  of(run: RunId, tx?: Tx): readonly LedgerEvent[] {
    const hold = this.#holds.get(run);
    const staged = hold !== undefined && hold.tx === tx ? hold.staged : [];
    return [...(this.#chains.get(run) ?? []), ...staged];
  }

  /** When another transaction that has the run to itself will have ended; null where there is none. */
  busy(run: RunId, tx: Tx | undefined): Promise<void> | null {
    const hold = this.#holds.get(run);
    return hold === undefined || hold.tx === tx ? null : hold.ended;
  }

  /** Gives a run that is not busy to a transaction, if there is one, and reads its chain. */
  take(run: RunId, tx: Tx | undefined): readonly LedgerEvent[] {
    if (tx !== undefined && !this.#holds.has(run)) this.#hold(run, tx);
    return this.of(run, tx);
  }

  add(run: RunId, events: readonly LedgerEvent[], tx: Tx | undefined): void {
    if (tx === undefined) this.#keep(run, events);
    else this.#holds.get(run)?.staged.push(...events);
  }

  #hold(run: RunId, tx: Tx): void {
    const staged: LedgerEvent[] = [];
    const ended = new Promise<void>((resolve) => {
      const end = (events: readonly LedgerEvent[]): void => {
        this.#holds.delete(run);
        this.#keep(run, events);
        resolve();
      };
      rollbackWith(tx, () => end([]));
      commitWith(tx, () => end(staged));
    });
    this.#holds.set(run, { tx, staged, ended });
  }

  #keep(run: RunId, events: readonly LedgerEvent[]): void {
    if (events.length === 0) return;
    this.#chains.set(run, [...(this.#chains.get(run) ?? []), ...events]);
    this.log.push(...events);
    for (const listener of this.#listeners) listener();
  }
}
