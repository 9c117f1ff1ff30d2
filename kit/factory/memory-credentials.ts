import { createHash, randomBytes } from 'node:crypto';
import { JidokaError } from '../../src/core/base/error.ts';
import type { Actor } from '../../src/core/gate/answer.ts';
import type { Credentials } from '../../src/core/ports/credentials.ts';

/** Credentials that live in this process; like the real ones it keeps no token, only its hash. */
export class MemoryCredentials implements Credentials {
  readonly #holders = new Map<string, Actor & { readonly since: string }>();
  readonly #now: () => string;

  constructor(now: () => string) {
    this.#now = now;
  }

  async add({ name, kind, roles }: Actor): Promise<{ readonly token: string }> {
    if (name.trim() === '' || [...this.#holders.values()].some((holder) => holder.name === name))
      throw new JidokaError('usage', `"${name}" is taken, or no name.`, { mend: 'Choose another name.' });
    const token = randomBytes(32).toString('base64url');
    this.#holders.set(hashOf(token), { name, kind, roles, since: this.#now() });
    return { token };
  }

  async list(): Promise<readonly (Actor & { readonly since: string })[]> {
    return [...this.#holders.values()];
  }

  async remove(name: string): Promise<boolean> {
    const [hash] = [...this.#holders].find(([, holder]) => holder.name === name) ?? [];
    return hash !== undefined && this.#holders.delete(hash);
  }

  async who(token: string): Promise<Actor | null> {
    const holder = this.#holders.get(hashOf(token));
    return holder === undefined ? null : { name: holder.name, kind: holder.kind, roles: holder.roles };
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
