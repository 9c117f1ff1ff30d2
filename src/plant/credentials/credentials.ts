import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Actor } from '../../core/gate/answer.ts';
import type { Credentials } from '../../core/ports/credentials.ts';
import { checkHolder, nameTaken } from './holder.ts';

/** What the credentials need of a database that has our schema. */
export interface CredentialsDatabase {
  attempt<T>(work: (pool: Pool) => Promise<T>): Promise<T>;
}

/**
 * Opens the credentials of a factory. A token is told once, when it is made; the database has only its sha256, which is
 * as good as the token is random.
 *
 * @example
 * const { token } = await openCredentials(database).add({ name: 'ada', kind: 'person', roles: ['reviewer'] }); // 'jdk_…'
 */
export function openCredentials(database: CredentialsDatabase): Credentials {
  const ask = <Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
    database.attempt(async (pool) => (await pool.query<Row>(text, [...values])).rows);

  return {
    async add(holder) {
      const { name, kind, roles } = checkHolder(holder);
      const token = `jdk_${randomBytes(32).toString('base64url')}`;
      // A lost answer is asked for again: then the row that is there under this hash is ours.
      const [row] = await ask<{ hash: string }>(insertHolder, [name, kind, roles, hashOf(token)]);
      if (row?.hash !== hashOf(token)) throw nameTaken(name);
      return { token };
    },
    list: () => ask<Actor & { readonly since: string }>(selectHolders),
    remove: async (name) => (await ask('delete from jidoka.credential where name = $1 returning name', [name])).length === 1,
    who: async (token) => (await ask<Actor>('select name, kind, roles from jidoka.credential where hash = $1', [hashOf(token)]))[0] ?? null,
  };
}

const insertHolder = `
  with put as (
    insert into jidoka.credential (name, kind, roles, hash) values ($1, $2, $3, $4) on conflict (name) do nothing returning hash
  ) select hash from put union all select hash from jidoka.credential where name = $1 limit 1`;
const selectHolders = `
  select name, kind, roles, to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
    from jidoka.credential order by name`;

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
