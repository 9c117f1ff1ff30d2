import { JidokaError } from '../../src/core/base/error.ts';
import type { Logins, LoginUse } from '../../src/core/ports/stations/logins.ts';

/** Logins in this process, with hands on where the owner is logged in. */
export interface MemoryLogins extends Logins {
  /** He is logged in at an agent, at an API; null where he is no more. */
  logIn(agent: string, to: string | null): void;
}

export function memoryLogins(): MemoryLogins {
  const places = new Map<string, string>();
  const allowed = new Set<string>();
  const look = async (agent: string): Promise<LoginUse> => {
    const to = places.get(agent);
    const isAllowed = allowed.has(agent);
    if (to === undefined) return { kind: 'unfit', allowed: isAllowed, why: `nobody is logged in at ${agent}`, mend: `Log in at ${agent}.` };
    return { kind: 'fit', allowed: isAllowed, to, by: `the key of ${agent}` };
  };
  return {
    look,
    allowed: async () => [...allowed].toSorted(),
    allow: async (agent) => {
      const use = await look(agent);
      if (use.kind === 'unfit') throw new JidokaError('login-unfit', `No station can use the login of ${agent}: ${use.why}.`, use);
      allowed.add(agent);
      return { ...use, allowed: true };
    },
    forbid: async (agent) => allowed.delete(agent),
    logIn: (agent, to) => void (to === null ? places.delete(agent) : places.set(agent, to)),
  };
}
