import { forfeited } from '../../../core/gateway/budget/account.ts';
import { changeAccounts, readAccounts } from './accounts.ts';
import type { StoreDatabase } from './store-database.ts';

/** What was tidied away. */
export interface Tidied {
  /** Slices of processes that are gone; they count as spent. */
  readonly slices: number;
  /** Keys of runs that are decided, and those that expired a day ago or longer. */
  readonly keys: number;
  /** Accounts of runs that are decided, and of periods that are over since two months. */
  readonly accounts: number;
}

/** Tidies up behind processes that died and runs that ended. What it does twice it does once. */
export async function tidyStore(
  database: Pick<StoreDatabase, 'attempt'>,
  { isLive, now }: { readonly isLive: (holder: string) => Promise<boolean>; readonly now: number },
): Promise<Tidied> {
  const slices = await forfeitDead(database, isLive);
  const keys = await database.attempt((pool) => pool.query(deleteKeys, [now - dayMs]));
  const month = new Date(now - 62 * dayMs).toISOString().slice(0, 7);
  const accounts = await database.attempt((pool) => pool.query(deleteAccounts, [month]));
  return { slices, keys: keys.rowCount ?? 0, accounts: accounts.rowCount ?? 0 };
}

const dayMs = 24 * 60 * 60_000;

async function forfeitDead(database: Pick<StoreDatabase, 'attempt'>, isLive: (holder: string) => Promise<boolean>): Promise<number> {
  const all = await readAccounts(database, null);
  const holders = new Set([...all.values()].flatMap(({ open }) => Object.keys(open)));
  let count = 0;
  for (const holder of holders) {
    if (await isLive(holder)) continue;
    const names = [...all].flatMap(([key, { open }]) => (Object.hasOwn(open, holder) ? [{ key, run: null }] : []));
    await changeAccounts(database, names, (accounts) => ({
      accounts: new Map([...accounts].map(([key, account]) => [key, forfeited(account, holder)])),
      told: undefined,
    }));
    count += names.length;
  }
  return count;
}

const decided = 'select run from jidoka.run where decided';
const deleteKeys = `delete from jidoka.model_key where run in (${decided}) or expires_at < $1`;
// Whatever a living process holds a slice of stays. Keys of accounts end with their period, as in line:deps@2026-11-30.
const deleteAccounts = `
  delete from jidoka.model_account
   where account->'open' = '{}' and (run in (${decided}) or left(substring(key from '@([0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)$'), 7) < $1)`;
