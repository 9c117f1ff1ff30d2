import { isJidokaError, JidokaError, type ErrorCode } from '../../src/core/base/error.ts';
import type { Json } from '../../src/core/base/json.ts';
import type { WorkflowContext } from '../../src/core/ports/engine.ts';
import { announce, type MemoryWorkflows, type StepRecord, type WorkflowRecord } from './store.ts';

/** One life of a workflow in one engine. */
export interface Life {
  readonly record: WorkflowRecord;
  readonly number: number;
  /** Aborted when the engine dies. */
  readonly signal: AbortSignal;
  /** Rejects if a fault that is not recorded ends this life; never resolves. */
  readonly faulted: Promise<never>;
  readonly fault: (error: unknown) => void;
}

/** Faults of the surroundings end a life of the workflow, not the workflow. */
const surroundings: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['disk-full', 'database-unavailable', 'interrupted']);

/** Claims the workflow for `executor`, fenced against every life before. */
export function newLife(store: MemoryWorkflows, record: WorkflowRecord, owner: { executor: string; signal: AbortSignal }): Life {
  record.executor = owner.executor;
  record.life += 1;
  let fault: (error: unknown) => void = () => {};
  const faulted = new Promise<never>((_resolve, reject) => {
    fault = (error) => {
      record.executor = 'released';
      reject(error);
      announce(store);
    };
  });
  faulted.catch(() => {}); // whoever waits hears of it; nobody has to wait
  return { record, number: record.life, signal: owner.signal, faulted, fault };
}

/** True once this life is no longer the one that may write. */
export function isOver({ signal, record, number }: Life): boolean {
  return signal.aborted || record.life !== number || record.executor === 'released';
}

/** What the workflow gets to work with in this life. A life that is over never returns from a step. */
export function contextOf(life: Life): WorkflowContext {
  const names = new Set<string>();
  return {
    async step<T extends Json>(name: string, fn: (signal: AbortSignal) => Promise<T>): Promise<T> {
      const index = names.size;
      if (names.has(name)) throw usedTwice(name);
      names.add(name);
      const record = life.record.steps[index] ?? (await performed(life, name, fn));
      if (isOver(life)) return new Promise<never>(() => {});
      life.record.steps[index] ??= record;
      if (record.name !== name) throw new Error(`Step ${index} is recorded as "${record.name}" and now called "${name}".`);
      if (record.outcome.kind === 'error') throw record.outcome.error;
      return JSON.parse(record.outcome.json);
    },
  };
}

async function performed(life: Life, name: string, fn: (signal: AbortSignal) => Promise<Json>): Promise<StepRecord> {
  if (isOver(life)) return new Promise<never>(() => {});
  try {
    return { name, outcome: { kind: 'value', json: JSON.stringify((await fn(life.signal)) ?? null) } };
  } catch (error) {
    if (isJidokaError(error) && surroundings.has(error.code) && !isOver(life)) life.fault(error);
    return { name, outcome: { kind: 'error', error: error instanceof Error ? error : new Error(String(error)) } };
  }
}

function usedTwice(name: string): JidokaError {
  return new JidokaError('invariant', `The step name "${name}" is used twice in one workflow.`, {
    mend: 'Report this as a bug of jidoka, with the run id.',
  });
}
