import type { Clock } from '../../src/core/ports/clock.ts';
import type { NewLimit, Pause, Review } from '../../src/core/ports/control.ts';
import type { ExecutorView, NewStep, NewWork, WorkView } from '../../src/core/ports/engine.ts';
import type { Tx } from '../../src/core/ports/tx.ts';
import { commitWith, memoryTransactions, rollbackWith, type MemoryTransactions } from '../tx/index.ts';

export interface MemoryStep extends Omit<NewStep, 'starts'> {
  /** Line whose results waiting for review keep it waiting; null where it starts nothing. */
  readonly starting: string | null;
  readonly seq: number;
  dueMs: number;
  notBefore: string | null;
  token: string | null;
  executor: string | null;
  reclaims: number;
  lost: string[];
}

export interface MemoryWork extends Omit<NewWork, 'input'> {
  readonly ordinal: number;
  readonly input: string;
  state: WorkView['state'];
  output: string;
  failure: string;
  steps: MemoryStep[];
}

/** All that engines and controls in memory keep; plain data, so that an image of it can be put back. */
export interface PlantState {
  count: number;
  works: Map<string, MemoryWork>;
  starts: { readonly key: string; readonly atMs: number }[];
  limits: Map<string, NewLimit>;
  pauses: Map<string, Pause>;
  reviews: Map<string, Review & { isOpen: boolean }>;
}

/** What the engines of one factory in memory share: give the same to two, to act out two processes. */
export class MemoryPlant {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** Processes come and go beside all transactions. */
  readonly executors = new Map<string, Omit<ExecutorView, 'holds'>>();
  readonly #transactions: MemoryTransactions;
  readonly #listeners = new Set<() => void>();
  #state: PlantState;
  /** What others see while a transaction has changed something. */
  #before: PlantState | null = null;

  constructor(clock: Pick<Clock, 'now' | 'sleep'> = ownClock, transactions: MemoryTransactions = memoryTransactions()) {
    this.clock = clock;
    this.#transactions = transactions;
    this.#state = {
      count: 0,
      works: new Map(),
      starts: [],
      limits: new Map(),
      pauses: new Map(),
      reviews: new Map(),
    };
  }

  get nowMs(): number {
    return Date.parse(this.clock.now());
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#transactions.transaction(work);
  }

  /** What has been committed. */
  read(): PlantState {
    return this.#before ?? this.#state;
  }

  /** What a transaction sees and may change; everybody is told when it holds. */
  write(tx: Tx): PlantState {
    if (this.#before === null) {
      const before = structuredClone(this.#state);
      this.#before = before;
      rollbackWith(tx, () => {
        this.#state = before;
        this.#before = null;
      });
      commitWith(tx, () => {
        this.#before = null;
        for (const listener of this.#listeners) listener();
      });
    }
    return this.#state;
  }

  /** Changes something in the transaction given, or in one of its own. */
  change<T>(tx: Tx | undefined, change: (state: PlantState) => T): Promise<T> {
    if (tx === undefined) return this.transaction(async (own) => change(this.write(own)));
    return Promise.resolve().then(() => change(this.write(tx)));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Makes what engines and controls in memory share; `transactions` where a ledger beside them shares it too. */
export function memoryPlant(clock?: Pick<Clock, 'now' | 'sleep'>, transactions?: MemoryTransactions): MemoryPlant {
  return new MemoryPlant(clock, transactions);
}

const ownClock: Pick<Clock, 'now' | 'sleep'> = {
  now: () => new Date().toISOString(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    }),
};
