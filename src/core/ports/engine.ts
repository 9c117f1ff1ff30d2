import type { Json } from '../base/json.ts';

/** What a durable workflow may do. Steps run at least once and are checkpointed once they are done. */
export interface WorkflowContext {
  /** Runs `fn` unless an earlier life of this workflow has done so; returns its (JSON) result. Names are unique within a run. */
  step<T extends Json>(name: string, fn: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export type Workflow<Input extends Json, Output extends Json> = (context: WorkflowContext, input: Input) => Promise<Output>;

export type WorkflowState =
  | { readonly kind: 'unknown' }
  /** Some live process works on it. */
  | { readonly kind: 'running'; readonly executor: string }
  /** The process that worked on it is dead; `resume` takes it over. */
  | { readonly kind: 'orphaned'; readonly executor: string }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cancelled' };

/** Durable workflows. Says where a run is; the ledger says what happened. */
export interface Engine<Input extends Json, Output extends Json> {
  /** This process, as an executor; unique per process. */
  readonly executor: string;
  /** Starts the workflow under `id` in this process; an id that exists is left as it is. */
  start(id: string, input: Input): Promise<'started' | 'exists'>;
  state(id: string): Promise<WorkflowState>;
  /**
   * Waits for the end and returns the output, whoever works on it. If the process that works on it dies
   * meanwhile, this one takes over. Throws `engine-failed` where the workflow itself threw.
   */
  result(id: string, options?: { readonly signal?: AbortSignal }): Promise<Output>;
  /** Takes over an orphaned workflow in this process, fenced against the old one. */
  resume(id: string): Promise<void>;
  close(): Promise<void>;
}
