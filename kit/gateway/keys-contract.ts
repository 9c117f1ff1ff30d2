import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyGrant, VirtualKeys } from '../../src/core/ports/gateway/virtual-keys.ts';

const grant: KeyGrant = {
  caller: { line: 'deps', fleet: null, run: 'deps-ms-1', stage: 'change', station: 'coder' },
  slots: ['coder'],
  caps: { soft: { calls: 5 }, hard: { microUsd: 2_000_000, calls: 9 } },
  limits: { rpm: 60, concurrent: 4 },
  expiresAt: null,
};

/** Virtual keys as those who make them and those who find them have them: one process, or two. */
export interface KeysInUse {
  readonly made: VirtualKeys;
  readonly found: VirtualKeys;
  /** Lets a second of the finder's pass. */
  second(): void;
  /** Sets the clock by which keys expire, in milliseconds since 1970. */
  setNow(ms: number): void;
}

/** What every store of virtual keys promises. `open` gives one that is empty. */
export function virtualKeysContract(name: string, open: () => Promise<KeysInUse>): void {
  describe(name, () => {
    let keys: KeysInUse;
    beforeEach(async () => {
      keys = await open();
    });
    const kindOf = async (token: string): Promise<string> => (await keys.found.find(token)).kind;

    it('tell what a key lets its holder do, and nothing of any other text', async () => {
      const token = await keys.made.mint(grant);
      expect(token).toMatch(/^jk-[0-9a-f]{48}$/);
      const found = await keys.found.find(token);
      expect(found).toEqual({ kind: 'known', id: expect.any(String), grant });
      expect(token).not.toContain(found.kind === 'known' ? found.id : token);
      for (const text of [
        '',
        'jk-',
        `${token} `,
        token.slice(0, -1),
        token.toUpperCase(),
        `jk-${'0'.repeat(48)}`,
        "' or true --",
        '\u0000',
      ])
        expect(await kindOf(text), text).toBe('unknown');
    });

    it('give each key an id of its own, the same whenever it is found', async () => {
      const [one, other] = [await keys.made.mint(grant), await keys.made.mint(grant)];
      const idOf = async (token: string): Promise<string> => {
        const found = await keys.found.find(token);
        return found.kind === 'known' ? found.id : 'none';
      };
      expect(await idOf(one)).not.toBe(await idOf(other));
      expect(await idOf(one)).toBe(await idOf(one));
    });

    it('end with their run, and those of other runs do not', async () => {
      const [first, second] = [await keys.made.mint(grant), await keys.made.mint({ ...grant, slots: null })];
      const other = await keys.made.mint({ ...grant, caller: { ...grant.caller, run: 'deps-ms-2' } });
      for (const token of [first, second, other]) expect(await kindOf(token)).toBe('known');
      expect(await keys.made.endRun('deps-ms-1')).toBe(2);
      keys.second();
      expect([await kindOf(first), await kindOf(second), await kindOf(other)]).toEqual(['unknown', 'unknown', 'known']);
      expect(await keys.made.endRun('deps-ms-1')).toBe(0);
    });

    it('expire at their time, to the millisecond, though they were seen just before', async () => {
      keys.setNow(1_000);
      const token = await keys.made.mint({ ...grant, expiresAt: 2_000 });
      expect(await kindOf(token)).toBe('known');
      keys.setNow(1_999);
      expect(await kindOf(token)).toBe('known');
      keys.setNow(2_000);
      expect(await kindOf(token)).toBe('expired');
    });

    it('are found by many at once', async () => {
      const tokens = await Promise.all(Array.from({ length: 20 }, () => keys.made.mint(grant)));
      const kinds = await Promise.all([...tokens, ...tokens, 'jk-nobody'].map(kindOf));
      expect(kinds).toEqual([...Array.from({ length: 40 }, () => 'known'), 'unknown']);
    });
  });
}
