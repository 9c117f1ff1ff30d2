import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Logins } from '../../src/core/ports/stations/logins.ts';

/** Logins of an owner who is logged in nowhere. */
export interface LoginsUnderTest {
  readonly logins: Logins;
  /** The same, as another process of the same factory has them. */
  readonly others: Logins;
  /** He logs in at codex, or out. */
  logIn(isIn: boolean): Promise<void>;
  end(): Promise<void>;
}

/** What all who let stations use logins hold to. */
export function loginsContract(name: string, make: () => Promise<LoginsUnderTest>): void {
  describe(`${name} as the owner's logins`, () => {
    let bench: LoginsUnderTest;
    beforeEach(async () => {
      bench = await make();
    });
    afterEach(() => bench.end());

    it('are of no use before the owner allows them, and none is allowed that is not there', async () => {
      const { logins } = bench;
      expect(await logins.look('codex')).toMatchObject({ kind: 'unfit', allowed: false });
      await expect(logins.allow('codex')).rejects.toMatchObject({ code: 'login-unfit', mend: expect.stringMatching(/\w/) });
      expect(await logins.allowed()).toEqual([]);
      await bench.logIn(true);
      expect(await logins.look('codex')).toMatchObject({ kind: 'fit', allowed: false });
    });

    it('are allowed once, for every process, until that is ended', async () => {
      const { logins, others } = bench;
      await bench.logIn(true);
      for (let time = 0; time < 2; time += 1) expect(await logins.allow('codex')).toMatchObject({ kind: 'fit', allowed: true });
      expect([await others.allowed(), await others.look('codex')]).toMatchObject([['codex'], { kind: 'fit', allowed: true }]);
      expect([await others.forbid('codex'), await logins.forbid('codex'), await logins.allowed()]).toEqual([true, false, []]);
    });

    it('stay allowed while the owner is logged out, and can do nothing', async () => {
      const { logins } = bench;
      await bench.logIn(true);
      await logins.allow('codex');
      await bench.logIn(false);
      expect(await logins.look('codex')).toMatchObject({ kind: 'unfit', allowed: true });
      await bench.logIn(true);
      expect(await logins.look('codex')).toMatchObject({ kind: 'fit', allowed: true });
    });
  });
}
