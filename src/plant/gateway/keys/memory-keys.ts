import { createHash, randomBytes } from 'node:crypto';
import type { KeyGrant, VirtualKeys } from '../../../core/ports/gateway/virtual-keys.ts';

/** Keys that are known beforehand, such as the owner's, and the time. */
interface MemoryKeysOptions {
  readonly given?: readonly { readonly token: string; readonly grant: KeyGrant }[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Virtual keys that live as long as this process. Of a key only a digest is kept, and it is looked up by that: how long it takes says
 * nothing of the keys that there are.
 */
export function memoryKeys({ given = [], now }: MemoryKeysOptions): VirtualKeys {
  const grants = new Map<string, KeyGrant>(given.map(({ token, grant }) => [digestOf(token), grant]));
  return {
    mint(grant) {
      const token = `jk-${randomBytes(24).toString('hex')}`;
      grants.set(digestOf(token), grant);
      return token;
    },
    find(token) {
      const digest = digestOf(token);
      const grant = grants.get(digest);
      if (grant === undefined) return { kind: 'unknown' };
      if (grant.expiresAt !== null && now() >= grant.expiresAt) return { kind: 'expired' };
      return { kind: 'known', id: digest.slice(0, 16), grant };
    },
    endRun(run) {
      const ended = [...grants].filter(([, { caller }]) => caller.run === run).map(([digest]) => digest);
      for (const digest of ended) grants.delete(digest);
      return ended.length;
    },
  };
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
