import { beforeEach, describe, expect, it } from 'vitest';
import type { Limited } from '../../src/core/gateway/budget/window.ts';
import type { Caller } from '../../src/core/gateway/budget/budget-rule.ts';
import type { Held, ModelBudgets } from '../../src/core/ports/gateway/model-budgets.ts';
import type { OpenBudgets } from './budgets-contract.ts';

const noon = Date.parse('2026-11-30T12:00:00Z');
const caller: Caller = { line: 'deps', fleet: 'spring', run: 'deps-ms-1', stage: 'change', station: 'coder' };
const house = (limits: Limited['limits']): Limited => ({ key: 'provider:house', of: 'house', limits });

/** What all that keep model budgets promise of limits of a minute, and of what is under way at once. */
export function modelLimitsContract(name: string, open: OpenBudgets): void {
  describe(name, () => {
    let now: number;
    let budgets: ModelBudgets;
    let ids: number;
    beforeEach(async () => {
      now = noon + 7_000;
      ids = 0;
      budgets = await open({ rules: [], now: () => now });
    });
    const enter = (limited: Limited, tokens = 100): Promise<Held> => budgets.enter(`call-${(ids += 1)}`, limited, tokens);
    const leave = (id: number, tokens = 100): void => budgets.settle(`call-${id}`, { microUsd: 0, tokens, calls: 1 });

    it('let so many through in a minute of the clock, and tell when the next one begins', async () => {
      expect([(await enter(house({ rpm: 2 }))).kind, (await enter(house({ rpm: 2 }))).kind]).toEqual(['held', 'held']);
      leave(1);
      expect(await enter(house({ rpm: 2 }))).toEqual({
        kind: 'refused',
        againMs: 53_000,
        sentence:
          'The budget of house for 2026-11-30T12:00 has no room for this call: 2 calls of 2 calls is used or reserved, and the call may come to 1 call.',
      });
      now = noon + 60_000;
      expect((await enter(house({ rpm: 2 }))).kind).toBe('held');
    });

    it('count the tokens that were used, not those that were feared', async () => {
      expect((await enter(house({ tpm: 1000 }), 900)).kind).toBe('held');
      expect((await enter(house({ tpm: 1000 }), 900)).kind).toBe('refused');
      leave(1, 100);
      expect((await enter(house({ tpm: 1000 }), 900)).kind).toBe('held');
      leave(3, 950);
      expect((await enter(house({ tpm: 1000 }), 1)).kind).toBe('refused');
    });

    it('let a call through that is greater than a minute where nothing else was taken of it', async () => {
      expect((await enter(house({ tpm: 1000 }), 5000)).kind).toBe('held');
      expect((await enter(house({ tpm: 1000 }), 1)).kind).toBe('refused');
      now = noon + 60_000;
      expect((await enter(house({ tpm: 1000 }), 1)).kind).toBe('held');
      expect((await enter(house({ tpm: 1000 }), 5000)).kind).toBe('refused');
    });

    it('hold so many at once, whatever the minute, and soon look again whether one ended', async () => {
      const two = house({ concurrent: 2 });
      for (const id of [1, 2]) expect((await enter(two)).kind, `call ${id}`).toBe('held');
      now = noon + 180_000;
      const full = await enter(two);
      expect(full.kind === 'refused' ? full.againMs : null).toBeLessThanOrEqual(100);
      leave(1);
      leave(1);
      expect((await enter(two)).kind).toBe('held');
      expect((await enter(two)).kind).toBe('refused');
    });

    it('take a place in all limits of somebody or in none, and each somebody has his own', async () => {
      const both = house({ rpm: 9, concurrent: 1 });
      expect((await enter(both)).kind).toBe('held');
      for (let at = 0; at < 20; at += 1) expect((await enter(both)).kind).toBe('refused');
      expect((await enter({ ...both, key: 'provider:cloud', of: 'cloud' })).kind).toBe('held');
      leave(1);
      expect((await enter(both)).kind).toBe('held');
    });

    it('are none where nothing is said', async () => {
      for (let at = 0; at < 50; at += 1) expect((await enter(house({}), 1e9)).kind).toBe('held');
    });

    it('are never passed by many who ask at the same time', async () => {
      const asked = await Promise.all(Array.from({ length: 40 }, () => enter(house({ rpm: 30, tpm: 1_700, concurrent: 25 }))));
      expect(asked.filter(({ kind }) => kind === 'held')).toHaveLength(17);
    });

    it('nest as rules of a minute over organisation, line, fleet, run and station, and say when to come back', async () => {
      const scopes = ['organisation', 'line', 'fleet', 'run', 'station'] as const;
      const rules = scopes.map((of, at) => ({ of, per: 'minute' as const, calls: 5 - at, tokens: 10_000 }));
      budgets = await open({ rules, now: () => now });
      const reserve = (from: Partial<Caller>): Promise<Held> =>
        budgets.reserve({
          id: `call-${(ids += 1)}`,
          caller: { ...caller, ...from },
          own: [],
          amount: { microUsd: 0, tokens: 100, calls: 1 },
        });
      const word = async (from: Partial<Caller>): Promise<string> => {
        const held = await reserve(from);
        return held.kind === 'held' ? 'held' : `${/of (.*) for 2026/.exec(held.sentence)?.[1]} in ${held.againMs}`;
      };
      const steps: readonly (readonly [Partial<Caller>, string])[] = [
        [{}, 'held'],
        [{}, 'station coder in 53000'],
        [{ station: 'reviewer' }, 'held'],
        [{ station: 'planner' }, 'run deps-ms-1 in 53000'],
        [{ run: 'r2' }, 'held'],
        [{ run: 'r3' }, 'fleet spring in 53000'],
        [{ run: 'r3', fleet: null }, 'held'],
        [{ run: 'r4', fleet: null }, 'line deps in 53000'],
        [{ line: 'bug', run: 'r5', fleet: null }, 'held'],
        [{ line: 'cve', run: 'r6', fleet: null }, 'the organisation in 53000'],
      ];
      for (const [from, told] of steps) expect(await word(from), JSON.stringify(from)).toBe(told);
      now = noon + 60_000;
      expect(await word({})).toBe('held');
    });
  });
}
