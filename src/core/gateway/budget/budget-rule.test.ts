import { expect, it } from 'vitest';
import { budgetReader, capsOfRule, type BudgetRule, type Caller } from './budget-rule.ts';

const caller: Caller = { line: 'deps', fleet: 'november', run: 'deps-ms-1', stage: 'change', station: 'change' };
const at = '2026-11-30T12:00:00Z';
const found = (rules: readonly BudgetRule[], who = caller): readonly string[] =>
  budgetReader(rules)(who, Date.parse(at)).map(({ key, of }) => `${key} = ${of}`);

it('finds the budgets of a call from the widest to the narrowest', () => {
  const rules: BudgetRule[] = [
    { of: 'station', usd: 1 },
    { of: 'run', usd: 3 },
    { of: 'fleet', usd: 50 },
    { of: 'line', per: 'day', usd: 20 },
    { of: 'organisation', per: 'month', usd: 2000 },
  ];
  expect(found(rules)).toEqual([
    'organisation@2026-11 = the organisation for 2026-11',
    'line:deps@2026-11-30 = line deps for 2026-11-30',
    'fleet:november = fleet november',
    'run:deps-ms-1 = run deps-ms-1',
    'station:deps-ms-1/change = station change',
  ]);
});

it('leaves out what is for others, and fleets where there is none', () => {
  const rules: BudgetRule[] = [
    { of: 'line', name: 'bug', usd: 1 },
    { of: 'line', name: 'deps', usd: 1 },
    { of: 'station', name: 'review', usd: 1 },
    { of: 'station', name: 'change', usd: 1 },
    { of: 'fleet', usd: 1 },
  ];
  expect(found(rules, { ...caller, fleet: null })).toEqual(['line:deps = line deps', 'station:deps-ms-1/change = station change']);
});

it('makes one account of rules for the same, with the lower of their limits', () => {
  const rules: BudgetRule[] = [
    { of: 'line', per: 'day', usd: { soft: 10, hard: 20 }, calls: 100 },
    { of: 'line', name: 'deps', per: 'day', usd: 15, tokens: 1000 },
    { of: 'line', usd: 500 },
  ];
  expect(budgetReader(rules)(caller, Date.parse(at))).toEqual([
    {
      key: 'line:deps@2026-11-30',
      of: 'line deps for 2026-11-30',
      caps: { soft: { microUsd: 10e6 }, hard: { microUsd: 15e6, tokens: 1000, calls: 100 } },
    },
    { key: 'line:deps', of: 'line deps', caps: { soft: {}, hard: { microUsd: 500e6 } } },
  ]);
});

it('never takes a name for another one with its day, or for two names', () => {
  const rules: BudgetRule[] = [
    { of: 'fleet', usd: 1 },
    { of: 'fleet', per: 'day', usd: 1 },
    { of: 'station', usd: 1 },
  ];
  const keys = [
    { ...caller, fleet: 'x' },
    { ...caller, fleet: 'x@2026-11-30' },
    { ...caller, run: 'a/b', station: 'c' },
    { ...caller, run: 'a', station: 'b/c' },
  ].map((who) => budgetReader(rules)(who, Date.parse(at)).map(({ key }) => key));
  expect(new Set(keys.slice(0, 2).flatMap((one) => one.slice(0, 2))).size).toBe(4);
  expect(new Set(keys.slice(2).map((one) => one[2])).size).toBe(2);
});

it('takes one number for the hard limit, and counts dollars in millionths', () => {
  expect(capsOfRule({ of: 'run', usd: { soft: 1.5, hard: 3 }, calls: 400 })).toEqual({
    soft: { microUsd: 1_500_000 },
    hard: { microUsd: 3_000_000, calls: 400 },
  });
});
