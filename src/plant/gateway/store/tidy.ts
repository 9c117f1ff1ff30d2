import { type Account, forfeited, settled } from '../../../core/gateway/budget/account.ts';
import { nothing } from '../../../core/gateway/budget/amount.ts';
import { comesBack } from '../../../core/gateway/budget/window.ts';
import { changeAccounts, readAccounts } from './accounts.ts';
import type { Tidied } from '../../../core/ports/gateway/gateway-door.ts';
import type { StoreDatabase } from './store-database.ts';

/** Tidies up behind processes that died and runs that ended. What it does twice it does once. */
export async function tidyStore(
  database: Pick<StoreDatabase, 'attempt'>,
  { isLive, now }: { readonly isLive: (holder: string) => Promise<boolean>; readonly now: number },
): Promise<Tidied> {
  const slices = await forfeitDead(database, isLive);
  const keys = await database.attempt((pool) => pool.query(deleteKeys, [now - dayMs]));
  const month = new Date(now - 62 * dayMs).toISOString().slice(0, 7);
  const hour = new Date(now - hourMs).toISOString().slice(0, 16);
  const accounts = await database.attempt((pool) => pool.query(deleteAccounts, [month, hour]));
  const gateways = await forgetDead(database, isLive);
  await database.attempt((pool) => pool.query(`delete from jidoka.model_health where until < now() - interval '1 day'`));
  const calls = await closeDead(database, isLive);
  return { slices, keys: keys.rowCount ?? 0, accounts: accounts.rowCount ?? 0, gateways, calls };
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

/**
 * Closes slices of processes that are gone, in these accounts or in all: they count as spent; of places that are taken for as long as a
 * call lasts, as given back. Tells how many there were.
 */
export async function forfeitDead(
  database: Pick<StoreDatabase, 'attempt'>,
  isLive: (holder: string) => Promise<boolean>,
  keys: readonly string[] | null = null,
): Promise<number> {
  const all = await readAccounts(database, keys);
  const holders = new Set([...all.values()].flatMap(({ open }) => [...open.keys()]));
  let count = 0;
  for (const holder of holders) {
    if (await isLive(holder)) continue;
    const names = [...all].flatMap(([key, { open }]) => (open.has(holder) ? [{ key, run: null }] : []));
    await changeAccounts(database, names, (accounts) => ({
      accounts: new Map([...accounts].map(([key, account]) => [key, withoutDead(key, account, holder)])),
      told: undefined,
    }));
    count += names.length;
  }
  return count;
}

function withoutDead(key: string, account: Account, holder: string): Account {
  return comesBack(key) ? settled(account, holder, nothing) : forfeited(account, holder);
}

/** Names that a gateway knew go with it. */
async function forgetDead(database: Pick<StoreDatabase, 'attempt'>, isLive: (holder: string) => Promise<boolean>): Promise<number> {
  const { rows } = await database.attempt((pool) => pool.query<{ executor: string }>('select executor from jidoka.model_gateway'));
  let count = 0;
  for (const { executor } of rows) {
    if (await isLive(executor)) continue;
    await database.attempt((pool) => pool.query('delete from jidoka.model_gateway where executor = $1', [executor]));
    count += 1;
  }
  return count;
}

/** Open calls of gateways that are gone are lost: nobody tells how they ended. */
async function closeDead(database: Pick<StoreDatabase, 'attempt'>, isLive: (holder: string) => Promise<boolean>): Promise<number> {
  const { rows } = await database.attempt((pool) => pool.query<{ holder: string }>('select distinct holder from jidoka.model_call_open'));
  let count = 0;
  for (const { holder } of rows) {
    if (await isLive(holder)) continue;
    const closed = await database.attempt((pool) => pool.query(closeOpen, [holder]));
    count += closed.rowCount ?? 0;
  }
  return count;
}

const closeOpen = `
  with gone as (delete from jidoka.model_call_open where holder = $1 returning *)
  insert into jidoka.model_call
  select (jsonb_populate_record(null::jidoka.model_call, to_jsonb(gone) || '{"ended": "lost"}')).* from gone on conflict (id) do nothing`;
const decided = 'select run from jidoka.run where decided';
const deleteKeys = `delete from jidoka.model_key where run in (${decided}) or expires_at < $1`;
// Whatever a living process holds a slice of stays. Keys of accounts end with their period, as in line:deps@2026-11-30.
const deleteAccounts = `
  delete from jidoka.model_account
   where account->'open' = '{}' and (run in (${decided}) or left(substring(key from '@([0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)$'), 7) < $1)
      or substring(key from '@([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})$') < $2`;
