import type { FoundKey, KeyGrant, VirtualKeys } from '../../../core/ports/gateway/virtual-keys.ts';
import { digestOf, keyIdOf, newToken } from './key-token.ts';

/** Keys that are known beforehand, such as the owner's, and the time. */
export interface MemoryKeysOptions {
  readonly given?: readonly { readonly token: string; readonly grant: KeyGrant }[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Virtual keys that live as long as this process. Of a key only a digest is kept, and it is looked up by that. */
export function memoryKeys({ given = [], now }: MemoryKeysOptions): VirtualKeys {
  const grants = new Map<string, KeyGrant>(given.map(({ token, grant }) => [digestOf(token), grant]));
  return {
    async mint(grant) {
      const token = newToken();
      grants.set(digestOf(token), grant);
      return token;
    },
    async find(token) {
      const digest = digestOf(token);
      return foundKey(digest, grants.get(digest) ?? null, now());
    },
    async endRun(run) {
      const ended = [...grants].filter(([, { caller }]) => caller.run === run).map(([digest]) => digest);
      for (const digest of ended) grants.delete(digest);
      return ended.length;
    },
  };
}

/** What the grant of a digest, or that there is none, means at a time. */
export function foundKey(digest: string, grant: KeyGrant | null, now: number): FoundKey {
  if (grant === null) return { kind: 'unknown' };
  if (grant.expiresAt !== null && now >= grant.expiresAt) return { kind: 'expired' };
  return { kind: 'known', id: keyIdOf(digest), grant };
}
