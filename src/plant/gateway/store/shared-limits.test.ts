import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { giveCluster } from '../../../../test/cluster/give-cluster.ts';
import type { BudgetRule, Caller } from '../../../core/gateway/budget/budget-rule.ts';
import type { Limited } from '../../../core/gateway/budget/window.ts';
import { openDatabase, removeDatabase, type Database } from '../../postgres/index.ts';
import { readAccounts } from './accounts.ts';
import { ledgerBudgets, type LedgerBudgets } from './ledger-budgets.ts';
import { tidyStore } from './tidy.ts';

let home: string;
let database: Database;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-limits-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
});
afterAll(async () => {
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

const noon = Date.parse('2026-11-30T12:00:00Z');
const caller: Caller = { line: 'deps', fleet: null, run: 'run-1', stage: 'change', station: 'coder' };
let [now, holders, ids] = [noon, 0, 0];
const dead = new Set<string>();
beforeEach(async () => {
  await database.pool.query('delete from jidoka.model_account');
  now = noon;
  dead.clear();
});

interface Living {
  readonly name: string;
  readonly budgets: LedgerBudgets;
}

/** A process of its own. */
function born(rules: readonly BudgetRule[] = []): Living {
  const name = `gateway-${(holders += 1)}`;
  const on = { attempt: database.attempt.bind(database), isLive: async (holder: string) => !dead.has(holder) };
  return { name, budgets: ledgerBudgets({ database: on, rules, holder: name, now: () => now }) };
}

const house = (limits: Limited['limits']): Limited => ({ key: 'provider:house', of: 'house', limits });

/** How many of so many calls get a place. */
async function placesOf({ budgets }: Living, limited: Limited, calls: number): Promise<number> {
  let held = 0;
  for (let at = 0; at < calls; at += 1) held += (await budgets.enter(`call-${(ids += 1)}`, limited, 10)).kind === 'held' ? 1 : 0;
  return held;
}

describe('limits of several processes', () => {
  it('are one in each minute, and what one of them did not use of its slice another may once it was given back', async () => {
    const [first, second] = [born(), born()];
    const limited = house({ rpm: 64 });
    expect([await placesOf(first, limited, 41), await placesOf(second, limited, 64)]).toEqual([41, 22]);
    await first.budgets.giveBack();
    expect([await placesOf(second, limited, 9), await placesOf(first, limited, 9)]).toEqual([1, 0]);
    now += 60_000;
    expect([await placesOf(first, limited, 30), await placesOf(second, limited, 64)]).toEqual([30, 34]);
  });

  it('forfeit by the death of a process no more than the rest of its slice, and that only until the minute is over', async () => {
    const [first, second] = [born(), born()];
    const limited = house({ rpm: 320 });
    expect(await placesOf(first, limited, 13)).toBe(13);
    dead.add(first.name);
    expect(await placesOf(second, limited, 400)).toBe(320 - 20);
    now += 60_000;
    expect(await placesOf(second, limited, 400)).toBe(320);
  });

  it('ask the database for a slice, and not with each call', async () => {
    let asked = 0;
    const attempt: Database['attempt'] = (work) => {
      asked += 1;
      return database.attempt(work);
    };
    const budgets = ledgerBudgets({ database: { attempt, isLive: async () => true }, rules: [], holder: 'counted', now: () => now });
    expect(await placesOf({ name: 'counted', budgets }, house({ rpm: 3200, tpm: 1e6, concurrent: 3200 }), 1000)).toBe(1000);
    expect(asked).toBeLessThanOrEqual(20);
  });

  it('give places of calls under way back when a process that had them died', async () => {
    const [first, second] = [born(), born()];
    const limited = house({ concurrent: 2 });
    expect([await placesOf(first, limited, 2), await placesOf(second, limited, 1)]).toEqual([2, 0]);
    await second.budgets.look();
    expect(await placesOf(second, limited, 1)).toBe(0);
    dead.add(first.name);
    await second.budgets.look();
    expect(await placesOf(second, limited, 3)).toBe(2);
  });

  it('give places back to the others that nobody needs here any more', async () => {
    const [first, second] = [born(), born()];
    const limited = house({ concurrent: 2 });
    for (const id of ['a', 'b']) await first.budgets.enter(id, limited, 1);
    for (const id of ['a', 'b']) first.budgets.settle(id, { microUsd: 0, tokens: 1, calls: 1 });
    expect(await placesOf(second, limited, 1)).toBe(0);
    await first.budgets.look();
    expect(await placesOf(second, limited, 3)).toBe(2);
  });

  it('of minutes that are over leave the database', async () => {
    const living = born([{ of: 'line', per: 'minute', calls: 9 }]);
    await placesOf(living, house({ rpm: 5, concurrent: 5 }), 2);
    await living.budgets.reserve({ id: 'x', caller, own: [], amount: { microUsd: 0, tokens: 0, calls: 1 } });
    const tidy = () => tidyStore(database, { isLive: async () => true, now });
    expect(await tidy()).toMatchObject({ accounts: 0 });
    now += 62 * 60_000;
    expect(await tidy()).toMatchObject({ accounts: 2 });
    expect([...(await readAccounts(database, null)).keys()]).toEqual(['at-once:provider:house']);
    await living.budgets.giveBack();
    expect([...(await readAccounts(database, null)).keys()]).toEqual(['at-once:provider:house']);
  });
});

describe('soft limits', () => {
  const soft: readonly BudgetRule[] = [{ of: 'organisation', calls: { soft: 2, hard: 64 } }];
  /** As the gateway does it: it learns, chooses by that, and reserves. */
  const spend = async ({ budgets }: Living, id: string): Promise<void> => {
    await budgets.learn(caller);
    await budgets.reserve({ id, caller, own: [], amount: { microUsd: 0, tokens: 0, calls: 1 } });
  };

  it('that others went beyond are seen with the next look, though nothing is asked for here', async () => {
    const [first, second] = [born(soft), born(soft)];
    await second.budgets.learn(caller);
    expect(second.budgets.strained(caller)).toEqual([]);
    for (const id of ['a', 'b', 'c']) await spend(first, id);
    expect(second.budgets.strained(caller)).toEqual([]);
    await second.budgets.look();
    expect(second.budgets.strained(caller)).toEqual(['the organisation']);
  });

  it('that others went beyond before are known to the first call of a process', async () => {
    const [first, second] = [born(soft), born(soft)];
    for (const id of ['a', 'b', 'c']) await spend(first, id);
    for (const id of ['a', 'b', 'c']) first.budgets.settle(id, { microUsd: 0, tokens: 0, calls: 1 });
    await first.budgets.giveBack();
    await second.budgets.learn(caller);
    expect([first, second].map(({ budgets }) => budgets.strained(caller))).toEqual([['the organisation'], ['the organisation']]);
  });
});

const act = fc.record({ at: fc.nat({ max: 2 }), kind: fc.constantFrom('enter', 'enter', 'enter', 'end', 'look', 'die') });

it('three processes never have more under way at once than the limit, whoever dies', async () => {
  const most = 3;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 50 }), async (acts) => {
      await database.pool.query('delete from jidoka.model_account');
      const alive = [born(), born(), born()].map((one) => ({ ...one, open: [] as string[] }));
      for (const { at, kind } of acts) {
        const one = alive[at];
        if (one === undefined) continue;
        if (kind === 'enter') {
          const id = `call-${(ids += 1)}`;
          if ((await one.budgets.enter(id, house({ concurrent: most }), 1)).kind === 'held') one.open.push(id);
        } else if (kind === 'end') {
          const id = one.open.shift();
          if (id !== undefined) one.budgets.settle(id, { microUsd: 0, tokens: 1, calls: 1 });
        } else if (kind === 'look') {
          await one.budgets.look();
        } else {
          dead.add(one.name);
          alive[at] = { ...born(), open: [] };
        }
        expect(alive.reduce((sum, { open }) => sum + open.length, 0)).toBeLessThanOrEqual(most);
      }
      for (const { budgets, open } of alive) for (const id of open) budgets.settle(id, { microUsd: 0, tokens: 1, calls: 1 });
      for (const { budgets } of alive) await budgets.look();
      // Whoever is told that there is no place looks for the dead; then all places are free.
      const last = born();
      const got = await placesOf(last, house({ concurrent: most }), most);
      await last.budgets.look();
      expect(got + (await placesOf(last, house({ concurrent: most }), most - got))).toBe(most);
    }),
    { numRuns: 30 },
  );
});
