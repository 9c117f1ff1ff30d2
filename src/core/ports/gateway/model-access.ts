import type { Caller } from '../../gateway/budget/budget-rule.ts';
import type { ModelCount } from '../../evidence/event.ts';
import type { Tx } from '../tx.ts';

/** Lets stations ask models through the factory's own gateway, each under a key of its own. */
export interface ModelAccess {
  /**
   * From now on requests of a workspace count for a caller, under a key that no job ever sees. A factory without a gateway of its own
   * admits everybody and counts nothing. Throws `database-unavailable`.
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
  /** What its role is called: a slot of that name is its model where the role names none. */
  readonly role: string | null;
  /** How long it may take at the most, in milliseconds: a key outlives nobody by more than that. */
  readonly lifeMs: number;
}

export interface Admitted {
  /** The slot that it asks for where its role names no model; null where the gateway has none for it. */
  readonly slot: string | null;
  /** Ends the key. */
  end(): Promise<void>;
}
