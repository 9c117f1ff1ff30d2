import { JidokaError } from '../../core/base/error.ts';
import type { Json } from '../../core/base/json.ts';
import type { WorkflowContext } from '../../core/ports/engine.ts';
import type { Dbos } from './dbos.ts';
import type { Life } from './life.ts';
import { errorOutcome, isOfSurroundings, settle, valueOutcome, type Outcome } from './outcome.ts';

export interface ContextParts {
  readonly dbos: Dbos;
  readonly id: string;
  readonly life: Life;
  /** True while the workflow is this process's to work on; asked before each step. */
  readonly isMine: (id: string) => Promise<boolean>;
}

/**
 * Makes what a workflow works with in one life. Once the life is over no step returns: whatever the workflow would do
 * next is the business of its next life.
 */
export function makeContext(parts: ContextParts): WorkflowContext {
  const { dbos, life } = parts;
  return {
    async step<T extends Json>(name: string, fn: (signal: AbortSignal) => Promise<T>): Promise<T> {
      if (life.isOver) return forever();
      if (!life.claimName(name)) throw usedTwice(name);
      try {
        const outcome = await dbos.DBOS.runStep(() => perform(parts, fn), { name });
        if (life.isOver) return forever();
        return settle(outcome) as T; // what fn returned, by way of JSON
      } catch (error) {
        if (error instanceof dbos.DBOSWorkflowConflictError) life.end({ kind: 'lost' });
        if (life.isOver) return forever();
        throw error;
      }
    },
  };
}

/** Throws the conflict that DBOS keeps no record of where the step, or its outcome, is no longer this life's to have. */
async function perform({ dbos, id, life, isMine }: ContextParts, fn: (signal: AbortSignal) => Promise<Json>): Promise<Outcome> {
  // A process that was asleep may find that another has taken over; then it must not begin anything.
  const mine = await isMine(id).catch((error: unknown) => life.end({ kind: 'fault', error }));
  if (!mine) throw new dbos.DBOSWorkflowConflictError(id);
  const outcome = await fn(life.signal).then(valueOutcome, (error: unknown) => {
    if (isOfSurroundings(error)) life.end({ kind: 'fault', error });
    return errorOutcome(error);
  });
  // What a step made of its interruption is no result of the step.
  if (life.isOver) throw new dbos.DBOSWorkflowConflictError(id);
  return outcome;
}

function forever(): Promise<never> {
  return new Promise(() => {});
}

function usedTwice(name: string): JidokaError {
  return new JidokaError('invariant', `The step name "${name}" is used twice in one workflow.`, {
    mend: 'Report this as a bug of jidoka, with the run id.',
  });
}
