import { createHash, timingSafeEqual } from 'node:crypto';
import { JidokaError } from '../../core/base/error.ts';
import type { Actor } from '../../core/gate/answer.ts';
import type { Credentials } from '../../core/ports/credentials.ts';

/** Tells who asks by their token. */
export interface Bearers {
  /** The holder, or null. What is known is believed for two seconds, so that a removal bites. */
  who(token: string): Promise<Actor | null>;
  /** Believes nothing any more. */
  forget(): void;
}

const believedMs = 2000;
/** More tokens than a factory has people; strangers' guesses are not kept. */
const mostKept = 1000;

/** Whoever can read the daemon's own token owns the factory's files. */
const local: Actor = { name: 'local', kind: 'person', roles: ['*'] };

/** Knows the holders of tokens, and the daemon's own token. Throws `invariant` where that is too short to be a secret. */
export function bearers(credentials: Credentials, localToken: string, nowMs: () => number = () => performance.now()): Bearers {
  if (localToken.length < 32)
    throw new JidokaError('invariant', `The local token has ${localToken.length} characters.`, { mend: 'Make one of 32 random bytes.' });
  const own = hashOf(localToken);
  const known = new Map<string, { readonly actor: Actor; readonly untilMs: number }>();
  return {
    forget: () => known.clear(),
    async who(token) {
      const hash = hashOf(token);
      if (timingSafeEqual(hash, own)) return local;
      const key = hash.toString('hex');
      const before = known.get(key);
      if (before !== undefined && nowMs() < before.untilMs) return before.actor;
      known.delete(key);
      const untilMs = nowMs() + believedMs;
      const actor = await credentials.who(token);
      if (known.size >= mostKept) known.clear();
      if (actor !== null) known.set(key, { actor, untilMs });
      return actor;
    },
  };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
