import { randomUUID } from 'node:crypto';
import { JidokaError } from '../../src/core/base/error.ts';
import type { Json } from '../../src/core/base/json.ts';
import type { Engine, Workflow, WorkflowState } from '../../src/core/ports/engine.ts';
import { contextOf, isOver, newLife, type Life } from './life.ts';
import { announce, memoryWorkflows, nextChange, type MemoryWorkflows, type WorkflowRecord } from './store.ts';

/**
 * Makes an engine that lives in this process and passes the same conformance suite as the real one. Closing it
 * is its death: what it worked on is orphaned, and another engine on the same `store` can take it over.
 *
 * @example
 * const engine = memoryEngine<number, number>((context, input) => context.step('double', async () => input * 2));
 * await engine.start('a', 21);
 * await engine.result('a'); // 42
 */
export function memoryEngine<Input extends Json, Output extends Json>(
  workflow: Workflow<Input, Output>,
  store: MemoryWorkflows = memoryWorkflows(),
): Engine<Input, Output> {
  const executor = randomUUID();
  const death = new AbortController();
  const lives = new Map<string, Life>();
  store.live.add(executor);

  const work = (id: string, record: WorkflowRecord): void => {
    const life = newLife(store, record, { executor, signal: death.signal });
    lives.set(id, life);
    workflow(contextOf(life), JSON.parse(record.input)).then(
      (output) => end(store, life, { kind: 'ended', json: JSON.stringify(output) }),
      (error: unknown) => end(store, life, { kind: 'failed', message: String(error instanceof Error ? error.message : error) }),
    );
  };
  const resume = async (id: string): Promise<void> => {
    const record = known(store, id);
    if (stateOf(store, record).kind === 'orphaned') work(id, record);
  };

  return {
    executor,
    resume,
    state: async (id) => stateOf(store, store.records.get(id)),
    async start(id, input) {
      if (store.records.has(id)) return 'exists';
      const record: WorkflowRecord = { input: JSON.stringify(input), steps: [], executor, life: 0, end: null };
      store.records.set(id, record);
      work(id, record);
      return 'started';
    },
    async result(id, { signal } = {}) {
      const interruption = interruptionBy(id, signal);
      for (;;) {
        const change = nextChange(store);
        const record = known(store, id);
        if (record.end?.kind === 'ended') return JSON.parse(record.end.json);
        if (record.end?.kind === 'failed') throw failed(id, record.end.message);
        await resume(id);
        await Promise.race([change, lives.get(id)?.faulted ?? change, interruption]);
      }
    },
    async close() {
      death.abort();
      store.live.delete(executor);
      announce(store);
    },
  };
}

function end(store: MemoryWorkflows, life: Life, how: NonNullable<WorkflowRecord['end']>): void {
  if (isOver(life)) return;
  life.record.end = how;
  announce(store);
}

function stateOf(store: MemoryWorkflows, record: WorkflowRecord | undefined): WorkflowState {
  if (record === undefined) return { kind: 'unknown' };
  if (record.end?.kind === 'ended') return { kind: 'ended' };
  if (record.end?.kind === 'failed') return { kind: 'failed', message: record.end.message };
  return { kind: store.live.has(record.executor) ? 'running' : 'orphaned', executor: record.executor };
}

function known(store: MemoryWorkflows, id: string): WorkflowRecord {
  const record = store.records.get(id);
  if (record !== undefined) return record;
  throw new JidokaError('engine-failed', `No workflow has the id ${id}.`, { mend: 'Start it first.' });
}

function failed(id: string, message: string): JidokaError {
  return new JidokaError('engine-failed', `Workflow ${id} failed: ${message}`, { mend: 'Start it anew under another id.' });
}

function interruptionBy(id: string, signal: AbortSignal | undefined): Promise<never> {
  const interruption = new Promise<never>((_resolve, reject) => {
    const interrupt = (): void =>
      reject(new JidokaError('interrupted', `Waiting for workflow ${id} was interrupted.`, { mend: 'Wait for it again.' }));
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
  });
  interruption.catch(() => {}); // the waiter may have its result before
  return interruption;
}
