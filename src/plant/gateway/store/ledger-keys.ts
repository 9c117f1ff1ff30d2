import type { KeyGrant, VirtualKeys } from '../../../core/ports/gateway/virtual-keys.ts';
import { digestOf, newToken } from '../keys/key-token.ts';
import { foundKey, type MemoryKeysOptions } from '../keys/memory-keys.ts';
import { KeyCache } from './key-cache.ts';
import { clientOf, type StoreDatabase } from './store-database.ts';

export interface LedgerKeysOptions extends MemoryKeysOptions {
  readonly database: Pick<StoreDatabase, 'attempt' | 'listen'>;
  /** A clock that never goes back, in milliseconds. */
  readonly monotonicMs: () => number;
  /** How often keys that are in use are looked at again; null for only when a call asks. */
  readonly lookEveryMs?: number | null;
}

/** Virtual keys that the factory makes and every gateway process finds, until it is closed. */
export interface LedgerKeys extends VirtualKeys {
  close(): Promise<void>;
}

/** Half of what is trusted: one look that fails costs no call anything. */
const usualLookMs = 400;

/**
 * Keys in the database of the factory, which has only their digests. What a process has found it asks again and again beside its calls,
 * and at once where a run has ended; a call waits for the database only with a key that this process did not see within a second.
 */
export function ledgerKeys({ database, given = [], now, monotonicMs, lookEveryMs = usualLookMs }: LedgerKeysOptions): LedgerKeys {
  const own = new Map<string, KeyGrant>(given.map(({ token, grant }) => [digestOf(token), grant]));
  const cache = new KeyCache({ database, monotonicMs, lookEveryMs });
  return {
    async mint(grant) {
      const token = newToken();
      const { caller, expiresAt } = grant;
      const values = [digestOf(token), caller.run, caller.stage, expiresAt, JSON.stringify(grant)];
      await database.attempt((pool) => pool.query(insertKey, values));
      return token;
    },
    async find(token) {
      const digest = digestOf(token);
      const mine = own.get(digest);
      // What does not look like a key is none: a job that tries its luck makes no work for the database.
      if (mine === undefined && !/^jk-[0-9a-f]{48}$/.test(token)) return { kind: 'unknown' };
      return foundKey(digest, mine ?? (await cache.find(digest)), now());
    },
    async endRun(run, tx) {
      const ended =
        tx === undefined ? await database.attempt((pool) => pool.query(endKeys, [run])) : await clientOf(tx).query(endKeys, [run]);
      return ended.rowCount ?? 0;
    },
    close: () => cache.close(),
  };
}

const insertKey = `
  insert into jidoka.model_key (digest, run, stage, expires_at, "grant") values ($1, $2, $3, $4, $5) on conflict (digest) do nothing`;
const endKeys = 'delete from jidoka.model_key where run = $1';
