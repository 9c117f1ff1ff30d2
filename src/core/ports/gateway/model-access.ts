import type { Caller } from '../../gateway/budget/budget-rule.ts';
import type { ModelCount, RefusedCalls } from '../../evidence/model-count.ts';
import type { ChosenFor } from './virtual-keys.ts';
import type { Tx } from '../tx.ts';

/** Lets stations ask models through the factory's own gateway, each under a key of its own. */
export interface ModelAccess {
  /** The slot of a role whose line names no model, null for none; null where nobody said which, and in a factory without a gateway. */
  slotOf(role: string | null): string | null;
  /**
   * From now on requests of a workspace count for a caller, under a key that no job ever sees and that is made with the first of them. A
   * factory without a gateway of its own admits everybody and counts nothing.
   */
  admit(admission: Admission): Promise<Admitted>;
  /** What the calls of a run came to by now, as its gateway took them down; null where the factory has none of its own. */
  count(run: string): Promise<readonly ModelCount[] | null>;
  /** Ends all keys of a run; with `tx`, together with that transaction. */
  endRun(run: string, tx?: Tx): Promise<void>;
}

export interface Admission {
  /** Name of the workspace. */
  readonly workspace: string;
  readonly caller: Caller;
  /** What it asks for; other names that its agent has for models lead there too. Null for all names of the configuration, and no others. */
  readonly asks: string | null;
  /** Absent where what it asks for is no plan that was chosen. */
  readonly chosen?: ChosenFor;
  /** How long it may take at the most, in milliseconds: a key outlives nobody by more than that. */
  readonly lifeMs: number;
  /** It goes on with what a process began that died: what that asked counts as its own. */
  readonly goesOn: boolean;
}

export interface Admitted {
  /** What budgets refused it by now, as its gateway took that down; null where that is nothing, or nobody knows. */
  refused(): Promise<RefusedCalls | null>;
  /** From now on nothing that comes of the workspace counts for the caller; its key, if any was made, ends with its run. */
  end(): Promise<void>;
}
