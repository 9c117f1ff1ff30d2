import { createHash, randomBytes } from 'node:crypto';
import { JidokaError } from '../../src/core/base/error.ts';
import type { Actor } from '../../src/core/gate/answer.ts';
import type { Credentials } from '../../src/core/ports/credentials.ts';

/**
 * Makes credentials that live in this process; like the real ones they keep no token, only its hash.
 *
 * @example
 * const { token } = await memoryCredentials().add({ name: 'ada', kind: 'person', roles: ['reviewer'] });
 */
export function memoryCredentials(now: () => string = () => new Date().toISOString()): Credentials {
  const holders = new Map<string, Actor & { readonly since: string; readonly hash: string }>();
  return {
    async add({ name, kind, roles }) {
      if (holders.has(name) || !mayHold({ name, kind, roles }))
        throw new JidokaError('usage', `${JSON.stringify(name)} cannot be given such a credential.`, {
          mend: 'Choose another name or other roles.',
        });
      const token = `jdk_${randomBytes(32).toString('base64url')}`;
      holders.set(name, { name, kind, roles: [...new Set(roles)], since: now(), hash: hashOf(token) });
      return { token };
    },
    async list() {
      const sorted = [...holders.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
      return sorted.map(({ name, kind, roles, since }) => ({ name, kind, roles, since }));
    },
    async remove(name) {
      return holders.delete(name);
    },
    async who(token) {
      const holder = [...holders.values()].find(({ hash }) => hash === hashOf(token));
      return holder === undefined ? null : { name: holder.name, kind: holder.kind, roles: holder.roles };
    },
  };
}

function mayHold({ name, kind, roles }: Actor): boolean {
  const areRoles = roles.every((role) => (role === '*' ? kind === 'person' : /^[a-z][a-z0-9._-]{0,63}$/.test(role)));
  return areRoles && /^[a-z0-9._-]{1,64}$/.test(name) && ['person', 'agent'].includes(kind);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
