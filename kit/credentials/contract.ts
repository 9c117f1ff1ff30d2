import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/core/gate/answer.ts';
import type { Credentials } from '../../src/core/ports/credentials.ts';

const ada: Actor = { name: 'ada', kind: 'person', roles: ['reviewer', 'operator'] };
const coder: Actor = { name: 'coder-1', kind: 'agent', roles: ['asker'] };

/** What every store of credentials promises. `open` gives one that is empty. */
export function credentialsContract(name: string, open: () => Promise<Credentials>): void {
  describe(name, () => {
    let credentials: Credentials;
    beforeEach(async () => {
      credentials = await open();
    });

    it('tell who holds a token, and nobody for any other text', async () => {
      const [{ token }, other] = [await credentials.add(ada), await credentials.add(coder)];
      expect(token).toMatch(/^jdk_[\w-]{43}$/);
      expect(await credentials.who(token)).toEqual(ada);
      expect(await credentials.who(other.token)).toEqual(coder);
      for (const text of ['', 'jdk_', `${token} `, token.slice(0, -1), token.toUpperCase(), 'ada', "' or true --", '\u0000']) {
        expect(await credentials.who(text), text).toBeNull();
      }
    });

    it('list holders by name, without tokens', async () => {
      const { token } = await credentials.add(coder);
      await credentials.add(ada);
      const listed = await credentials.list();
      expect(listed).toEqual([
        { ...ada, since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/) },
        { ...coder, since: expect.any(String) },
      ]);
      expect(JSON.stringify(listed)).not.toContain(token.slice(4));
    });

    it('that are removed open nothing any more, and the name is free for another token', async () => {
      const { token } = await credentials.add(ada);
      expect(await credentials.remove('ada')).toBe(true);
      expect(await credentials.remove('ada')).toBe(false);
      expect(await credentials.who(token)).toBeNull();
      const again = await credentials.add(ada);
      expect(again.token).not.toBe(token);
      expect(await credentials.who(token)).toBeNull();
    });

    it('give a name once, also where many ask for it at the same time', async () => {
      const asked = await Promise.allSettled(Array.from({ length: 8 }, () => credentials.add(ada)));
      expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(credentials.add({ ...ada, kind: 'agent', roles: [] })).rejects.toMatchObject({ code: 'usage' });
      expect(await credentials.list()).toHaveLength(1);
    });

    it('keep each role once, and every role only for people', async () => {
      const { token } = await credentials.add({ name: 'owner', kind: 'person', roles: ['*', '*'] });
      expect(await credentials.who(token)).toEqual({ name: 'owner', kind: 'person', roles: ['*'] });
      await expect(credentials.add({ ...coder, roles: ['asker', '*'] })).rejects.toMatchObject({ code: 'usage' });
      expect(await credentials.list()).toHaveLength(1);
    });

    it.each<[string, Partial<Actor>]>([
      ['no name', { name: '' }],
      ['a name with capitals', { name: 'Ada' }],
      ['a name with a space', { name: 'a da' }],
      ['a name that ends in a new line', { name: 'ada\n' }],
      ['a name of 65 characters', { name: 'a'.repeat(65) }],
      ['a role with capitals', { roles: ['Reviewer'] }],
      ['an empty role', { roles: [''] }],
      ['a role that is a pattern', { roles: ['re*'] }],
    ])('refuse %s', async (_, change) => {
      await expect(credentials.add({ ...ada, ...change })).rejects.toMatchObject({ code: 'usage' });
      expect(await credentials.list()).toEqual([]);
    });
  });
}
