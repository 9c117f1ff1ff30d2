import type { Pool, PoolClient } from 'pg';
import { type Account, accountOf, emptyAccount, storedAccount } from '../../../core/gateway/budget/account.ts';
import type { StoreDatabase } from './store-database.ts';

/** An account in the ledger, by its key, and the run that it ends with, if any. */
export interface AccountName {
  readonly key: string;
  readonly run: string | null;
}

/** What is made of accounts: those to write, none where nothing changes, and what to tell. */
export interface Change<T> {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly told: T;
}

/**
 * Changes accounts together, each of them held until all are written; nobody comes between. Accounts that nobody used yet are empty.
 * Done again after a lost connection: the change is computed anew from what is there.
 */
export async function changeAccounts<T>(
  database: Pick<StoreDatabase, 'attempt'>,
  names: readonly AccountName[],
  change: (accounts: ReadonlyMap<string, Account>) => Change<T>,
): Promise<T> {
  // All take them in one order, so that no two wait for each other.
  const ordered = names.toSorted((left, right) => (left.key < right.key ? -1 : 1));
  return database.attempt(async (pool) => {
    const client = await pool.connect();
    let broken = true; // until the transaction has ended, whatever is thrown
    try {
      const told = await changeWith(client, ordered, change);
      broken = false;
      return told;
    } finally {
      client.release(broken);
    }
  });
}

async function changeWith<T>(
  client: PoolClient,
  names: readonly AccountName[],
  change: (accounts: ReadonlyMap<string, Account>) => Change<T>,
): Promise<T> {
  const keys = names.map(({ key }) => key);
  await client.query('begin isolation level read committed');
  await client.query(makeAccounts, [keys, names.map(({ run }) => run), storedAccount(emptyAccount)]);
  const { rows } = await client.query<{ key: string; account: unknown }>(lockAccounts, [keys]);
  const { accounts, told } = change(new Map(rows.map(({ key, account }) => [key, accountOf(account)])));
  const texts = [...accounts.values()].map(storedAccount);
  if (texts.length > 0) await client.query(writeAccounts, [[...accounts.keys()], texts]);
  await client.query('commit');
  return told;
}

/** Accounts as they are now; whoever has none yet is left out. */
export async function readAccounts(
  database: Pick<StoreDatabase, 'attempt'>,
  keys: readonly string[] | null,
): Promise<ReadonlyMap<string, Account>> {
  const { rows } = await database.attempt((pool: Pool) => pool.query<{ key: string; account: unknown }>(selectAccounts, [keys]));
  return new Map(rows.map(({ key, account }) => [key, accountOf(account)]));
}

const makeAccounts = `
  insert into jidoka.model_account (key, run, account)
  select key, run, $3::jsonb from unnest($1::text[], $2::text[]) given (key, run) order by key
  on conflict (key) do nothing`;
const lockAccounts = 'select key, account from jidoka.model_account where key = any($1) order by key for update';
const writeAccounts = `
  update jidoka.model_account a set account = given.account::jsonb, at = now()
    from unnest($1::text[], $2::text[]) given (key, account) where a.key = given.key`;
const selectAccounts = 'select key, account from jidoka.model_account where $1::text[] is null or key = any($1)';
