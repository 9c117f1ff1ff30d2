import { beforeEach, describe, expect, it } from 'vitest';
import type { Amount } from '../../src/core/gateway/budget/amount.ts';
import type { BudgetOf, BudgetRule, Caller } from '../../src/core/gateway/budget/budget-rule.ts';
import type { Held, ModelBudgets } from '../../src/core/ports/gateway/model-budgets.ts';

/** Opens budgets that nothing was spent of, by rules; time is as `now` says, in milliseconds since 1970. */
export type OpenBudgets = (options: { readonly rules: readonly BudgetRule[]; readonly now: () => number }) => Promise<ModelBudgets>;

const caller: Caller = { line: 'deps', fleet: null, run: 'deps-ms-1', stage: 'change', station: 'coder' };
const noon = Date.parse('2026-11-30T12:00:00Z');
const cents = (count: number): Amount => ({ microUsd: count * 10_000, tokens: 1_000, calls: 1 });

/** What all model budgets promise, wherever they are kept. */
export function modelBudgetsContract(name: string, open: OpenBudgets): void {
  describe(name, () => {
    let now: number;
    let ids: number;
    beforeEach(() => {
      now = noon;
      ids = 0;
    });
    const opened = (...rules: BudgetRule[]): Promise<ModelBudgets> => open({ rules, now: () => now });
    const held = (
      budgets: ModelBudgets,
      amount: Amount,
      more: { from?: Caller; own?: readonly BudgetOf[]; id?: string } = {},
    ): Promise<Held> => {
      ids += 1;
      return budgets.reserve({ id: more.id ?? `call-${ids}`, caller: more.from ?? caller, own: more.own ?? [], amount });
    };

    it('hold what is reserved until it is settled, and then what it came to', async () => {
      const budgets = await opened({ of: 'run', usd: 1 });
      expect((await held(budgets, cents(60), { id: 'a' })).kind).toBe('held');
      expect((await held(budgets, cents(60))).kind).toBe('refused');
      budgets.settle('a', cents(10));
      expect((await held(budgets, cents(60), { id: 'b' })).kind).toBe('held');
      budgets.settle('b', cents(60));
      expect((await held(budgets, cents(30), { id: 'c' })).kind).toBe('held');
      expect((await held(budgets, cents(1))).kind).toBe('refused');
    });

    it('say what is gone and what was asked for, in words', async () => {
      const budgets = await opened({ of: 'run', usd: 1 });
      await held(budgets, cents(60), { id: 'a' });
      budgets.settle('a', cents(55));
      await held(budgets, cents(20));
      expect(await held(budgets, cents(30))).toEqual({
        kind: 'refused',
        againMs: null,
        sentence:
          'The budget of run deps-ms-1 has no room for this call: $0.75 of $1.00 is used or reserved, and the call may come to $0.30.',
      });
    });

    it('are nested: a call counts in all of them or in none', async () => {
      const budgets = await opened({ of: 'organisation', per: 'day', usd: 1 }, { of: 'run', calls: 2 });
      const other = { ...caller, run: 'deps-ms-2' };
      expect((await held(budgets, cents(50))).kind).toBe('held');
      expect((await held(budgets, cents(60), { from: other })).kind).toBe('refused');
      // What was refused by the organisation is not in the count of its run.
      for (const count of [20, 20]) expect((await held(budgets, cents(count), { from: other })).kind).toBe('held');
      expect(await held(budgets, cents(1), { from: other })).toMatchObject({ sentence: expect.stringContaining('run deps-ms-2') });
      expect((await held(budgets, cents(10))).kind).toBe('held');
    });

    it('begin anew with their period, and those without one do not', async () => {
      const budgets = await opened({ of: 'line', per: 'day', calls: 1 }, { of: 'organisation', calls: 2 });
      expect((await held(budgets, cents(1))).kind).toBe('held');
      expect(await held(budgets, cents(1))).toMatchObject({ sentence: expect.stringContaining('line deps for 2026-11-30') });
      now = Date.parse('2026-12-01T00:00:00Z');
      expect((await held(budgets, cents(1))).kind).toBe('held');
      now = Date.parse('2026-12-02T00:00:00Z');
      expect(await held(budgets, cents(1))).toMatchObject({ sentence: expect.stringContaining('the organisation') });
    });

    it('of a key hold beside those of the configuration', async () => {
      const budgets = await opened({ of: 'run', calls: 9 });
      const own = [{ key: 'key:abc', of: 'this key', caps: { soft: {}, hard: { calls: 1 } } }];
      expect((await held(budgets, cents(1), { own })).kind).toBe('held');
      expect(await held(budgets, cents(1), { own })).toMatchObject({ sentence: expect.stringContaining('this key') });
      expect((await held(budgets, cents(1))).kind).toBe('held');
    });

    it('count a call that came to more than was thought, and settle each once', async () => {
      const budgets = await opened({ of: 'run', usd: 1 });
      await held(budgets, cents(10), { id: 'a' });
      budgets.settle('a', cents(70));
      budgets.settle('a', cents(70));
      expect((await held(budgets, cents(31))).kind).toBe('refused');
      expect((await held(budgets, cents(30))).kind).toBe('held');
    });

    it('say beyond a soft limit that a cheaper plan is due', async () => {
      const budgets = await opened({ of: 'run', calls: { soft: 1, hard: 9 } });
      expect(budgets.strained(caller)).toEqual([]);
      await held(budgets, cents(1), { id: 'a' });
      budgets.settle('a', cents(1));
      expect(budgets.strained(caller)).toEqual([]);
      await held(budgets, cents(1));
      expect(budgets.strained(caller)).toEqual(['run deps-ms-1']);
      expect(budgets.strained({ ...caller, run: 'deps-ms-2' })).toEqual([]);
    });

    it('are learned before anything is spent here', async () => {
      const budgets = await opened({ of: 'run', calls: { soft: 1, hard: 9 } });
      await budgets.learn(caller);
      expect(budgets.strained(caller)).toEqual([]);
      for (const id of ['a', 'b']) await held(budgets, cents(1), { id });
      for (const id of ['a', 'b']) budgets.settle(id, cents(1));
      await budgets.learn(caller);
      expect(budgets.strained(caller)).toEqual(['run deps-ms-1']);
    });

    it('limit nobody where there are no rules, and no unit that they do not name', async () => {
      const none = await opened();
      expect((await held(none, cents(1_000_000))).kind).toBe('held');
      const calls = await opened({ of: 'run', calls: 2 });
      expect((await held(calls, cents(1_000_000))).kind).toBe('held');
    });

    it('are never passed by many who ask at the same time', async () => {
      const budgets = await opened({ of: 'organisation', usd: 1 }, { of: 'run', usd: 0.5 });
      const asked = await Promise.all(
        Array.from({ length: 30 }, (_, at) => held(budgets, cents(7), { from: { ...caller, run: `run-${at % 3}` } })),
      );
      expect(asked.filter(({ kind }) => kind === 'held')).toHaveLength(14);
    });
  });
}
