import { used } from '../../../core/gateway/budget/account.ts';
import { type Amount, minus, nothing } from '../../../core/gateway/budget/amount.ts';
import { readAccounts } from './accounts.ts';
import type { StoreDatabase } from './store-database.ts';

/** So many accounts are kept in sight; of those beyond, the ones that were told longest ago are learned anew when they are asked for. */
const mostKept = 1_000;

/** What others had of accounts with a soft limit, when it was seen last. */
export class SoftSums {
  readonly #database: Pick<StoreDatabase, 'attempt'>;
  readonly #holder: string;
  readonly #others = new Map<string, Amount>();

  constructor(database: Pick<StoreDatabase, 'attempt'>, holder: string) {
    this.#database = database;
    this.#holder = holder;
  }

  knows(key: string): boolean {
    return this.#others.has(key);
  }

  /** Null where it was never seen. */
  othersOf(key: string): Amount | null {
    return this.#others.get(key) ?? null;
  }

  /** Takes over what an answer of the ledger says anyway, of accounts that are in sight. */
  tell(key: string, others: Amount): void {
    if (this.#others.has(key)) this.#others.set(key, others);
  }

  /** Looks these up, or all that are in sight. */
  async read(keys: readonly string[] = [...this.#others.keys()]): Promise<void> {
    if (keys.length === 0) return;
    const accounts = await readAccounts(this.#database, keys);
    for (const key of keys) {
      const account = accounts.get(key);
      const own = account?.open.get(this.#holder)?.granted ?? nothing;
      this.#others.delete(key);
      this.#others.set(key, account === undefined ? nothing : minus(used(account), own));
    }
    for (const key of [...this.#others.keys()].slice(0, Math.max(0, this.#others.size - mostKept))) this.#others.delete(key);
  }
}
