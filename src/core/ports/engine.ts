import type { Json } from '../base/json.ts';
import type { Tx } from './tx.ts';

/**
 * What is to be done next, by whom, and by nobody twice. The engine carries works (runs, requests, schedules) whose
 * steps wait in queues; the ledger says what happened. A step belongs to one process at a time: whoever loses it
 * cannot finish it, so that what it did is done once in the record.
 */
export interface Engine {
  /** This process, as an executor; unique per process. */
  readonly executor: string;
  /** Does `work` in one transaction, again from the start where it met another. Throws what `work` throws, undoing all. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Registers a work; one that exists is left as it is. */
  submit(work: NewWork, tx: Tx): Promise<'new' | 'exists'>;
  /**
   * Makes the steps of a work exactly these: new ones are put, those that are there stay as they are, others are
   * withdrawn, and whoever does a withdrawn one is told to stop. Without steps the work rests until it is planned anew.
   */
  plan(work: string, steps: readonly NewStep[], tx: Tx): Promise<void>;
  /** Ends a work: nothing of it is left to do. Its output is kept. */
  end(work: string, output: Json, tx: Tx): Promise<void>;
  /** Makes sure until the end of the transaction that the step is still this process's. Throws `fenced`. */
  hold(step: HeldStep, tx: Tx): Promise<void>;
  /** Takes a done step away. Throws `fenced` where it is another's by now, which undoes the transaction. */
  finish(step: HeldStep, tx: Tx): Promise<void>;
  /** Gives a step back, to be taken again at a time (ISO); its slots are free meanwhile. */
  defer(step: HeldStep, until: string, tx: Tx): Promise<void>;
  /** A work as it stands, or null. */
  work(id: string): Promise<WorkView | null>;
  /** Takes steps that this process may do, as they become due, until stopped. */
  serve(offer: Offer, perform: Perform): Service;
  /** Every process that is known, the dead ones until somebody has taken over what they held. */
  executors(): Promise<readonly ExecutorView[]>;
  close(): Promise<void>;
}

export interface NewWork {
  readonly id: string;
  readonly kind: 'run' | 'request' | 'schedule';
  readonly line: string;
  /** Id of the repository it is about, '' where it is about none. */
  readonly repository: string;
  /** Work that waits for this one, or null. */
  readonly parent: string | null;
  readonly input: Json;
}

export interface NewStep {
  /** Unique within its work: 'stage/baseline/1'. */
  readonly id: string;
  readonly queue: string;
  /** Keys of the limits it takes a slot of while somebody does it: 'global', 'line:deps', 'repository:9f…', 'station:mechanic'. */
  readonly slots: readonly string[];
  /** Keys of the limits whose rate its start counts for. */
  readonly rates: readonly string[];
  /** Pauses that keep it waiting: 'factory', 'line:deps', 'queue:stages'. */
  readonly scopes: readonly string[];
  /** True for the first step of a run: it waits while too many results of its line wait for a person. */
  readonly starts: boolean;
  /** Labels that whoever does it must have. */
  readonly labels: readonly string[];
  /** Lower goes first; 100 is usual. */
  readonly priority: number;
  /** ISO time before which it is not taken, or null. */
  readonly notBefore: string | null;
}

/** A step in the hands of this process. */
export interface HeldStep {
  readonly work: string;
  readonly kind: NewWork['kind'];
  readonly id: string;
  /** Proves that it is this process's; another taking makes another token. */
  readonly token: string;
  /** How often it was taken before and its process died. */
  readonly reclaims: number;
  /** Executors that held it and died, oldest first. */
  readonly lost: readonly string[];
  readonly input: Json;
  /** ISO time at which it was due, for latencies. */
  readonly dueAt: string;
}

export interface WorkView {
  readonly id: string;
  readonly kind: NewWork['kind'];
  readonly line: string;
  readonly repository: string;
  readonly parent: string | null;
  readonly input: Json;
  readonly state: 'open' | 'ended' | 'failed';
  readonly output: Json;
  /** Why it failed; '' otherwise. `retry` lets it go on. */
  readonly failure: string;
  readonly steps: readonly StepView[];
}

export interface StepView {
  readonly id: string;
  readonly queue: string;
  readonly state: 'waiting' | 'held';
  /** Executor that holds it, or null. */
  readonly executor: string | null;
  /** Whether that executor lives. */
  readonly isLive: boolean;
  readonly notBefore: string | null;
  readonly priority: number;
  /** Why it is not taken just now, for people: 'line:deps has 2 of 2 slots taken'; empty where nothing stands in the way. */
  readonly held: readonly string[];
}

/** What a process offers to do. */
export interface Offer {
  /** 'worker' takes whatever fits; 'caller' only the works it asked for. */
  readonly role: 'worker' | 'caller';
  /** Name for people; null gives host and pid. */
  readonly name: string | null;
  /** Queues it serves; null for all. */
  readonly queues: readonly string[] | null;
  readonly labels: readonly string[];
  /** Stages done at once; steps of the queue `control` come on top. */
  readonly atOnce: number;
  readonly version: string;
}

/**
 * Does a step and finishes, defers or ends it in a transaction of its own. The signal is aborted when the step is no
 * longer this process's or the service stops; what it throws then is of no interest. A fault of the surroundings
 * (`disk-full`, `database-unavailable`) gives the step back; any other error fails the work.
 */
export type Perform = (step: HeldStep, signal: AbortSignal) => Promise<void>;

export interface Service {
  /** Adds works that a caller asked for. */
  include(work: string): void;
  /** Takes nothing new, and ends what is in hand: at once, or when it is done. Steps cut short are given back. */
  stop(how: 'at-once' | 'when-done'): Promise<void>;
  /** The fault of the surroundings that last gave a step of this work back, or null. */
  faultOf(work: string): unknown;
  /** Rejects when this process can no longer serve: its database is gone for good. Never resolves. */
  readonly lost: Promise<never>;
}

export interface ExecutorView {
  readonly id: string;
  readonly role: 'worker' | 'caller' | 'idle';
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly queues: readonly string[] | null;
  readonly labels: readonly string[];
  readonly atOnce: number;
  readonly isLive: boolean;
  readonly since: string;
  /** Steps it holds, as 'work step'. */
  readonly holds: readonly string[];
}

/** Queue of steps that cost nothing and are never kept waiting by a slot: decisions, seals, expiries. */
export const controlQueue = 'control';
/** Queue of a stage that names none. */
export const stageQueue = 'stages';
/** Queue of requests that a worker takes up: each follows its runs to their ends, and takes no stage's place meanwhile. */
export const requestQueue = 'requests';
