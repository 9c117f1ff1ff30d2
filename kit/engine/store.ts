/** What is left of a step once it is done: its place in the order is its index. */
export interface StepRecord {
  readonly name: string;
  readonly outcome: { readonly kind: 'value'; readonly json: string } | { readonly kind: 'error'; readonly error: Error };
}

/** What a workflow leaves behind for whoever takes it over. */
export interface WorkflowRecord {
  readonly input: string;
  readonly steps: StepRecord[];
  /** Executor that works on it; a life of its own is fenced by `life`. */
  executor: string;
  life: number;
  end: { readonly kind: 'ended'; readonly json: string } | { readonly kind: 'failed'; readonly message: string } | null;
}

/** The durable part of engines in memory: give the same one to two engines to act out a crash and a takeover. */
export interface MemoryWorkflows {
  readonly records: Map<string, WorkflowRecord>;
  readonly live: Set<string>;
  /** Called, and forgotten, whenever a workflow or an executor ends. */
  readonly waiting: Set<() => void>;
}

/** Makes an empty store for {@link memoryEngine}. */
export function memoryWorkflows(): MemoryWorkflows {
  return { records: new Map(), live: new Set(), waiting: new Set() };
}

/** Wakes everyone who waits for a change. */
export function announce(store: MemoryWorkflows): void {
  const woken = [...store.waiting];
  store.waiting.clear();
  for (const wake of woken) wake();
}

/** Resolves at the next change after the call. */
export function nextChange(store: MemoryWorkflows): Promise<void> {
  return new Promise((resolve) => store.waiting.add(resolve));
}
