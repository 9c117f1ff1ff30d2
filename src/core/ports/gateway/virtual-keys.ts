import type { Caps } from '../../gateway/budget/account.ts';
import type { Caller } from '../../gateway/budget/budget-rule.ts';
import type { ProviderLimits } from '../../gateway/config/provider.ts';
import type { Tx } from '../tx.ts';

/** What a virtual key lets its holder do at the model gateway. */
export interface KeyGrant {
  /** For whom its calls count. A key dies with its run. */
  readonly caller: Caller;
  /** Names that may be asked for; null for all of the configuration. */
  readonly slots: readonly string[] | null;
  /** The slot that any other name leads to: agents ask for models of their vendor too, for titles and the like. Absent for none. */
  readonly otherwise?: string | null;
  /** Names that lead there too because it is a plan that was chosen; absent where none was. */
  readonly chosen?: ChosenFor;
  /** What all of its calls may come to, beside the budgets of the configuration; null for no limit of its own. */
  readonly caps: Caps | null;
  /** Requests and tokens per minute, and requests at once. */
  readonly limits: ProviderLimits;
  /** Milliseconds since 1970, by the clock of the gateway, or of the database that gateways share; null for no end but that of its run. */
  readonly expiresAt: number | null;
}

/**
 * In the place of what a chosen plan is asked, beside `auto`: the slot of the role of its station, or null for every slot, where nobody
 * said which that is.
 */
export interface ChosenFor {
  readonly slot: string | null;
}

export type FoundKey =
  | { readonly kind: 'known'; readonly id: string; readonly grant: KeyGrant }
  /** Never minted here, or dead with its run: both look alike from outside. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' };

/** Keys of the gateway's own: whoever holds one learns nothing of a provider's. */
export interface VirtualKeys {
  /** Makes a key. It is told this once; what is kept of it is a digest. */
  mint(grant: KeyGrant): Promise<string>;
  /**
   * What a token opens, asked before every call: what was seen less than a second ago is told without asking anybody. Throws
   * `database-unavailable` where it cannot be told.
   */
  find(token: string): Promise<FoundKey>;
  /**
   * Ends the keys of a run; tells how many there were. With `tx` they end with that transaction. Another process that knows them
   * refuses them within a second of it.
   */
  endRun(run: string, tx?: Tx): Promise<number>;
}
