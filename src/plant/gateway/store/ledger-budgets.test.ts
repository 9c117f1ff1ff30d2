import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelBudgetsContract, modelLimitsContract, type OpenBudgets } from '../../../../kit/gateway/index.ts';
import { giveCluster } from '../../../../test/cluster/give-cluster.ts';
import { used } from '../../../core/gateway/budget/account.ts';
import type { Amount } from '../../../core/gateway/budget/amount.ts';
import type { BudgetRule, Caller } from '../../../core/gateway/budget/budget-rule.ts';
import { openDatabase, removeDatabase, type Database } from '../../postgres/index.ts';
import { readAccounts } from './accounts.ts';
import { ledgerBudgets, type LedgerBudgets } from './ledger-budgets.ts';
import { tidyStore } from './tidy.ts';

let home: string;
let database: Database;
let holders = 0;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-budgets-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
});
afterAll(async () => {
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

const caller: Caller = { line: 'deps', fleet: null, run: 'run-1', stage: 'change', station: 'coder' };
const noon = (): number => Date.parse('2026-11-30T12:00:00Z');
const money = (microUsd: number): Amount => ({ microUsd, tokens: 0, calls: 1 });

/** A process of its own with these rules. */
function processWith(rules: readonly BudgetRule[], on: Pick<Database, 'attempt' | 'isLive'> = database): LedgerBudgets {
  holders += 1;
  return ledgerBudgets({ database: on, rules, holder: `gateway-${holders}`, now: noon });
}

async function empty(): Promise<void> {
  await database.pool.query('delete from jidoka.model_account');
}

async function usedOf(key: string): Promise<Amount> {
  const account = (await readAccounts(database, [key])).get(key);
  if (account === undefined) throw new Error(`nobody used ${key}`);
  return used(account);
}

const openEmpty: OpenBudgets = async ({ rules, now }) => {
  await empty();
  holders += 1;
  return ledgerBudgets({ database, rules, holder: `gateway-${holders}`, now });
};
modelBudgetsContract('model budgets in PostgreSQL', openEmpty);
modelLimitsContract('limits in PostgreSQL', openEmpty);

describe('model budgets of several processes', () => {
  const rules: readonly BudgetRule[] = [{ of: 'organisation', usd: 0.001 }];

  it('are one: what a process was given is closed to the others until it is given back', async () => {
    await empty();
    const [first, second] = [processWith(rules), processWith(rules)];
    const ask = (budgets: LedgerBudgets, id: string, count: number) => budgets.reserve({ id, caller, own: [], amount: money(count) });
    expect((await ask(first, 'a', 700)).kind).toBe('held');
    expect((await ask(second, 'b', 300)).kind).toBe('held');
    expect(await ask(second, 'c', 1)).toMatchObject({
      sentence:
        'The budget of the organisation has no room for this call: $0.001 of $0.001 is used or reserved, and the call may come to $0.000001.',
    });
    first.settle('a', money(100));
    await first.giveBack();
    expect((await ask(second, 'c', 600)).kind).toBe('held');
    second.settle('b', money(300));
    second.settle('c', money(600));
    await second.giveBack();
    expect(await usedOf('organisation')).toMatchObject({ microUsd: 1000 });
  });

  it('ask the database only where a slice has no room: fewer than one call in ten', async () => {
    await empty();
    let asked = 0;
    const budgets = processWith([{ of: 'organisation', usd: 10 }], {
      isLive: async () => true,
      attempt: (work) => {
        asked += 1;
        return database.attempt(work);
      },
    });
    for (let at = 0; at < 200; at += 1) {
      expect((await budgets.reserve({ id: `${at}`, caller, own: [], amount: money(20_000) })).kind).toBe('held');
      budgets.settle(`${at}`, money(9_000));
    }
    expect(asked).toBeLessThan(20);
  });

  it('grant nothing twice where the answer of the database was lost', async () => {
    await empty();
    const losing = {
      isLive: async () => true,
      attempt: <T>(work: Parameters<typeof database.attempt<T>>[0]) => database.attempt(work).then(() => database.attempt(work)),
    };
    const budgets = processWith(rules, losing);
    expect((await budgets.reserve({ id: 'a', caller, own: [], amount: money(400) })).kind).toBe('held');
    expect(await usedOf('organisation')).toMatchObject({ microUsd: 400 });
  });

  it('count a call that ends while a slice is given back, and let no other in its place', async () => {
    await empty();
    let whileGivenBack: () => void = () => undefined;
    const attempt: Database['attempt'] = async (work) => {
      const told = await database.attempt(work);
      whileGivenBack();
      return told;
    };
    const budgets = processWith([{ of: 'organisation', calls: 64 }], { attempt, isLive: (holder) => database.isLive(holder) });
    const call = async (id: string): Promise<boolean> => (await budgets.reserve({ id, caller, own: [], amount: money(1) })).kind === 'held';
    let count = 0;
    for (; await call(`${count}`); count += 1) {
      const id = `${count}`;
      whileGivenBack = () => budgets.settle(id, money(1));
      await budgets.giveBack();
      whileGivenBack = () => undefined;
    }
    expect(count).toBe(64);
    await budgets.giveBack();
    expect(await usedOf('organisation')).toMatchObject({ calls: 64 });
  });

  it('know beyond which soft limit all of them are together', async () => {
    await empty();
    const soft: readonly BudgetRule[] = [{ of: 'organisation', calls: { soft: 2, hard: 64 } }];
    const [first, second] = [processWith(soft), processWith(soft)];
    for (const id of ['a', 'b']) await first.reserve({ id, caller, own: [], amount: money(1) });
    expect(first.strained(caller)).toEqual([]);
    await second.reserve({ id: 'c', caller, own: [], amount: money(1) });
    expect(second.strained(caller)).toEqual(['the organisation']);
  });

  it('count what a process that is gone may have spent, and tidy up behind it once', async () => {
    await empty();
    const [dead, living] = [processWith(rules), processWith(rules)];
    const deadName = `gateway-${holders - 1}`;
    await dead.reserve({ id: 'a', caller, own: [], amount: money(300) });
    await living.reserve({ id: 'b', caller, own: [], amount: money(200) });
    const before = await usedOf('organisation');
    const tidy = () => tidyStore(database, { isLive: async (holder) => holder !== deadName, now: noon() });
    expect(await tidy()).toMatchObject({ slices: 1 });
    expect(await tidy()).toMatchObject({ slices: 0 });
    expect(await usedOf('organisation')).toEqual(before);
    living.settle('b', money(200));
    await living.giveBack();
    expect(await usedOf('organisation')).toMatchObject({ microUsd: 500 });
  });

  it('go on where a process was taken for dead and lives: what it spent then counts again, and no less', async () => {
    await empty();
    const lost = processWith(rules);
    await lost.reserve({ id: 'a', caller, own: [], amount: money(100) });
    await tidyStore(database, { isLive: async () => false, now: noon() });
    lost.settle('a', money(100));
    expect((await lost.reserve({ id: 'b', caller, own: [], amount: money(400) })).kind).toBe('held');
    lost.settle('b', money(400));
    await lost.giveBack();
    expect((await usedOf('organisation')).microUsd).toBeGreaterThanOrEqual(500);
    expect((await lost.reserve({ id: 'c', caller, own: [], amount: money(600) })).kind).toBe('refused');
  });
});

it('accounts of runs that are decided go, and those of old periods; what is for good stays', async () => {
  await empty();
  await database.pool.query(`
    insert into jidoka.run (run, line, first_at, last_at, events, head, decided) values ('over', 'deps', '', '', 1, '', true), ('rests', 'deps', '', '', 1, '', false)
    on conflict do nothing`);
  const rules: readonly BudgetRule[] = [
    { of: 'organisation', usd: 1 },
    { of: 'line', per: 'day', usd: 1 },
    { of: 'run', usd: 1 },
  ];
  const at = async (iso: string, run: string): Promise<void> => {
    holders += 1;
    const budgets = ledgerBudgets({ database, rules, holder: `gateway-${holders}`, now: () => Date.parse(iso) });
    await budgets.reserve({ id: iso, caller: { ...caller, run }, own: [], amount: money(1) });
    budgets.settle(iso, money(1));
    await budgets.giveBack();
  };
  await at('2026-08-30T12:00:00Z', 'over');
  await at('2026-11-30T12:00:00Z', 'rests');
  expect(await tidyStore(database, { isLive: async () => true, now: noon() })).toMatchObject({ accounts: 2 });
  expect([...(await readAccounts(database, null)).keys()].toSorted()).toEqual(['line:deps@2026-11-30', 'organisation', 'run:rests']);
});

const cap = 1_000;
const act = fc.record({
  process: fc.nat({ max: 1 }),
  kind: fc.constantFrom('call', 'call', 'call', 'end', 'end', 'end', 'give back', 'die'),
  upper: fc.integer({ min: 1, max: 120 }),
  /** What it comes to, in hundredths of what was thought; it may be more. */
  share: fc.nat({ max: 130 }),
});

interface Living {
  readonly name: string;
  readonly budgets: LedgerBudgets;
  /** Calls under way, with the most that each may come to. */
  readonly open: Map<string, number>;
  /** What its calls came to. */
  spent: number;
}

it('two processes never pass a cap by more than calls came to beyond their estimates, and death forfeits the rest of a slice alone', async () => {
  const rules: readonly BudgetRule[] = [{ of: 'organisation', usd: cap / 1e6 }];
  const born = (): Living => ({ budgets: processWith(rules), name: `gateway-${holders}`, open: new Map(), spent: 0 });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
      await empty();
      const alive = [born(), born()];
      let [spent, beyond, forfeited, ids] = [0, 0, 0, 0];
      for (const { process: at, kind, upper, share } of acts) {
        const one = alive[at] ?? born();
        const [id, most] = [...one.open][0] ?? [null, 0];
        if (kind === 'call') {
          ids += 1;
          const { kind: answer } = await one.budgets.reserve({ id: `${ids}`, caller, own: [], amount: money(upper) });
          if (answer === 'held') one.open.set(`${ids}`, upper);
        } else if (kind === 'end' && id !== null) {
          const cameTo = Math.round((most * share) / 100);
          one.open.delete(id);
          one.spent += cameTo;
          spent += cameTo;
          beyond += Math.max(0, cameTo - most);
          one.budgets.settle(id, money(cameTo));
        } else if (kind === 'give back') {
          await one.budgets.giveBack();
        } else if (kind === 'die') {
          // All that was under way is billed, at the worst.
          const underWay = sum(one.open.values());
          spent += underWay;
          forfeited += Math.max(0, (await grantedTo(one.name)) - underWay - one.spent);
          alive[at] = born();
        }
        expect(spent).toBeLessThanOrEqual(cap + beyond);
      }
      for (const { budgets } of alive) await budgets.giveBack();
      const counted = ids === 0 ? 0 : (await usedOf('organisation')).microUsd;
      const real = spent + sum(alive.flatMap(({ open }) => [...open.values()]));
      expect(counted).toBeLessThanOrEqual(real + forfeited);
      expect(counted).toBeGreaterThanOrEqual(real - beyond);
    }),
    { numRuns: 40 },
  );
});

function sum(counts: Iterable<number>): number {
  return [...counts].reduce((all, count) => all + count, 0);
}

/** What the ledger gave a process in all; what it settled since is gone from the slice. */
async function grantedTo(holder: string): Promise<number> {
  const account = (await readAccounts(database, ['organisation'])).get('organisation');
  return account?.open.get(holder)?.granted.microUsd ?? 0;
}
