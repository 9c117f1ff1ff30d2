import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyAccount, forfeited, opened, settled, used, type Caps } from './account.ts';
import { minus, nothing, plus, units, type Amount } from './amount.ts';
import { isStrained, noRoom, reserve, type Purse } from './reserve.ts';

const dollars = (usd: number): Amount => ({ microUsd: usd * 1e6, tokens: 1000, calls: 1 });
const caps = (hard: number, soft?: number): Caps => ({
  hard: { microUsd: hard * 1e6 },
  soft: soft === undefined ? {} : { microUsd: soft * 1e6 },
});
const purse = (of: string, hard: number, soft?: number): Purse => ({ of, account: emptyAccount, caps: caps(hard, soft) });

function held(purses: readonly Purse[], id: string, amount: Amount): readonly Purse[] {
  const reservation = reserve(purses, id, amount);
  if (reservation.kind === 'refused') throw new Error(reservation.sentence);
  return purses.map((one, at) => ({ ...one, account: reservation.accounts[at] ?? one.account }));
}

function settle(purses: readonly Purse[], id: string, cameTo: Amount): readonly Purse[] {
  return purses.map((one) => ({ ...one, account: settled(one.account, id, cameTo) }));
}

describe('a reservation', () => {
  it('is made in all of the nested budgets', () => {
    const after = held([purse('the organisation', 100), purse('run deps-ms-1', 3)], 'call-1', dollars(1));
    expect(after.map(({ account }) => used(account).microUsd)).toEqual([1e6, 1e6]);
  });

  it('is made in none of them where one has no room, and says which, with the values', () => {
    const run = { ...purse('run deps-ms-1', 3), account: opened(emptyAccount, 'call-1', dollars(2.97)) };
    const reservation = reserve([purse('the organisation', 100), run], 'call-2', { ...nothing, microUsd: 120_000 });
    expect(reservation).toEqual({
      kind: 'refused',
      at: 1,
      unit: 'microUsd',
      sentence:
        'The budget of run deps-ms-1 has no room for this call: $2.97 of $3.00 is used or reserved, and the call may come to $0.12.',
    });
  });

  it('counts tokens and calls as it counts money', () => {
    const run: Purse = {
      of: 'run r',
      account: opened(emptyAccount, 'call-1', { ...nothing, calls: 1 }),
      caps: { soft: {}, hard: { calls: 1 } },
    };
    expect(reserve([run], 'call-2', dollars(1))).toMatchObject({
      unit: 'calls',
      sentence: 'The budget of run r has no room for this call: 1 call of 1 call is used or reserved, and the call may come to 1 call.',
    });
  });

  it('takes the last cent of a cap, and no more', () => {
    expect(reserve([purse('run r', 1)], 'call-1', dollars(1)).kind).toBe('held');
    expect(reserve([purse('run r', 1)], 'call-1', { ...dollars(1), microUsd: 1e6 + 1 }).kind).toBe('refused');
  });

  it('asked for twice under one id is one', () => {
    const once = held([purse('run r', 1)], 'call-1', dollars(1));
    expect(held(once, 'call-1', dollars(1))).toEqual(once);
  });

  it('beyond the soft limit is held, and its budget is strained from then on', () => {
    const before = [purse('the organisation', 100, 90), purse('run r', 3, 2)];
    expect(before.map(isStrained)).toEqual([false, false]);
    expect(held(before, 'call-1', dollars(2.5)).map(isStrained)).toEqual([false, true]);
  });

  it('of what costs nothing is held where the cap is passed already', () => {
    const run = { ...purse('run r', 1), account: settled(opened(emptyAccount, 'a', dollars(1)), 'a', dollars(2)) };
    expect(reserve([run], 'call-2', { microUsd: 0, tokens: 500, calls: 1 }).kind).toBe('held');
  });

  it('can be put into words of the ledger account, where only a slice had no room', () => {
    expect(noRoom(purse('line deps for 2026-11-30', 200), 'microUsd', dollars(1))).toContain('$0.00 of $200.00');
  });
});

describe('settling', () => {
  it('frees what was reserved too much, and counts once', () => {
    const after = settle(held([purse('run r', 3)], 'call-1', dollars(1)), 'call-1', dollars(0.4));
    expect(after.map(({ account }) => account)).toEqual([{ closed: dollars(0.4), open: new Map() }]);
    expect(settle(after, 'call-1', dollars(0.4))).toEqual(after);
  });

  it('counts more than was reserved, where a call came to more', () => {
    expect(used(settled(opened(emptyAccount, 'a', dollars(1)), 'a', dollars(1.5))).microUsd).toBe(1.5e6);
  });

  it('of a name that every object has changes nothing', () => {
    for (const id of ['constructor', '__proto__', 'toString']) {
      expect(settled(emptyAccount, id, dollars(1))).toEqual(emptyAccount);
      expect(used(forfeited(opened(emptyAccount, id, dollars(1)), id)).microUsd).toBe(1e6);
    }
  });
});

type Step = { readonly kind: 'reserve' | 'settle' | 'forfeit'; readonly call: number; readonly upper: number; readonly real: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('reserve', 'reserve', 'settle', 'settle', 'forfeit'),
    call: fc.nat({ max: 12 }),
    upper: fc.nat({ max: 400 }),
    real: fc.nat({ max: 600 }),
  }),
  { maxLength: 80 },
);

const small = (count: number): Amount => ({ microUsd: count, tokens: count * 3, calls: 1 });

it('no history passes a cap by more than calls came to beyond their own estimates', () => {
  fc.assert(
    fc.property(steps, fc.nat({ max: 2000 }), fc.nat({ max: 2000 }), (history, outer, inner) => {
      const limits = [outer, inner].map((count) => ({ microUsd: count, tokens: count * 2, calls: 20 }));
      let purses: readonly Purse[] = limits.map((hard, at) => ({ of: `budget ${at}`, account: emptyAccount, caps: { hard, soft: {} } }));
      const uppers = new Map<string, Amount>();
      let beyond = nothing;
      for (const { kind, call, upper, real } of history) {
        const id = `call-${call}`;
        if (kind === 'reserve') {
          const reservation = reserve(purses, id, small(upper));
          if (reservation.kind === 'refused' || uppers.has(id)) continue;
          purses = held(purses, id, small(upper));
          uppers.set(id, small(upper));
        } else if (kind === 'settle') {
          beyond = plus(beyond, minus(uppers.has(id) ? small(real) : nothing, uppers.get(id) ?? nothing));
          purses = settle(purses, id, small(real));
          uppers.delete(id);
        } else {
          purses = purses.map((one) => ({ ...one, account: forfeited(one.account, id) }));
          uppers.delete(id);
        }
        for (const [at, { account }] of purses.entries())
          for (const unit of units) expect(used(account)[unit]).toBeLessThanOrEqual(plus(limits[at] ?? nothing, beyond)[unit]);
      }
    }),
  );
});
