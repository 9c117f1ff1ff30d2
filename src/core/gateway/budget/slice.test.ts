import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyAccount, forfeited, reported, settled, used, type Account } from './account.ts';
import { nothing, type Amount } from './amount.ts';
import { reserve, type Purse } from './reserve.ts';
import { capsOf, grantSlice, spentOf } from './slice.ts';

const money = (microUsd: number): Amount => ({ microUsd, tokens: 0, calls: 0 });
const caps = { soft: {}, hard: { microUsd: 1000 } };
const ask = (account: Account, id: string, needed: number, wanted: number) =>
  grantSlice(account, { id, caps, needed: money(needed), wanted: money(wanted) });

describe('a slice', () => {
  it('is what a process would like, less near the cap, and nothing where the call at hand has no room', () => {
    const first = ask(emptyAccount, 'a', 10, 900);
    expect(first?.granted.microUsd).toBe(900);
    const second = ask(first?.account ?? emptyAccount, 'b', 10, 900);
    expect(second?.granted.microUsd).toBe(100);
    expect(ask(second?.account ?? emptyAccount, 'c', 1, 900)).toBeNull();
  });

  it('covers the call at hand where that is more than a process would like', () => {
    expect(ask(emptyAccount, 'a', 500, 100)?.granted.microUsd).toBe(500);
  });

  it('is without end in units that the budget does not limit', () => {
    const granted = grantSlice(emptyAccount, { id: 'a', caps, needed: nothing, wanted: { microUsd: 5, tokens: 1e9, calls: 1e6 } })?.granted;
    expect(granted).toEqual({ microUsd: 5, tokens: 1e9, calls: 1e6 });
  });

  it('grows under its own id, and is closed with what was spent of it', () => {
    const once = ask(emptyAccount, 'a', 1, 100)?.account ?? emptyAccount;
    const twice = ask(once, 'a', 1, 100)?.account ?? emptyAccount;
    expect(used(twice).microUsd).toBe(200);
    expect(used(settled(twice, 'a', money(150))).microUsd).toBe(150);
  });

  it('told of late or twice counts what was spent once', () => {
    const open = ask(emptyAccount, 'a', 1, 100)?.account ?? emptyAccount;
    const after = reported(reported(reported(open, 'a', money(130)), 'a', money(70)), 'a', money(130));
    expect(used(after).microUsd).toBe(130);
    expect(reported(settled(after, 'a', money(130)), 'a', money(999))).toEqual(settled(after, 'a', money(130)));
  });

  it('of a process that is gone counts whole, or for more where more was spent', () => {
    const open = ask(emptyAccount, 'a', 1, 100)?.account ?? emptyAccount;
    expect(used(forfeited(open, 'a')).microUsd).toBe(100);
    expect(used(forfeited(reported(open, 'a', money(120)), 'a')).microUsd).toBe(120);
  });
});

interface Process {
  readonly id: string;
  readonly purse: Purse;
  readonly open: ReadonlyMap<string, number>;
}

const sliceSize = 120;
const acts = fc.array(
  fc.record({
    process: fc.nat({ max: 3 }),
    kind: fc.constantFrom('call', 'call', 'call', 'end', 'end', 'end', 'report', 'crash', 'close'),
    upper: fc.integer({ min: 1, max: 60 }),
    share: fc.nat({ max: 100 }),
  }),
  { maxLength: 200 },
);

/** Gateway processes that share one budget, each spending its slice from memory, and each may die at any moment. */
class World {
  ledger = emptyAccount;
  reallySpent = 0;
  lost = 0;
  readonly processes: (Process | null)[] = [null, null, null, null];
  private count = 0;

  act({ process: at, kind, upper, share }: { process: number; kind: string; upper: number; share: number }): void {
    const process = this.processes[at] ?? this.begin();
    const after = kind === 'call' ? this.call(process, upper) : kind === 'end' ? this.end(process, share) : process;
    this.processes[at] = after;
    if (kind === 'report') this.ledger = reported(this.ledger, after.id, spentOf(after.purse.account));
    if (kind === 'crash') this.crash(at, after);
    if (kind === 'close' && after.open.size === 0) this.close(at, after);
  }

  private begin(): Process {
    this.count += 1;
    return { id: `gateway-${this.count}`, purse: { of: 'slice', account: emptyAccount, caps: capsOf(nothing) }, open: new Map() };
  }

  private call(process: Process, upper: number): Process {
    this.count += 1;
    const id = `call-${this.count}`;
    const first = reserve([process.purse], id, money(upper));
    const [account] = first.kind === 'held' ? first.accounts : [];
    const purse = account === undefined ? this.withSlice(process, id, upper) : { ...process.purse, account };
    return purse === undefined ? process : { ...process, purse, open: new Map([...process.open, [id, upper]]) };
  }

  private withSlice({ id: holder, purse }: Process, id: string, upper: number): Purse | undefined {
    this.ledger = reported(this.ledger, holder, spentOf(purse.account));
    const slice = ask(this.ledger, holder, upper, sliceSize);
    if (slice === null) return undefined;
    this.ledger = slice.account;
    const hard = money((purse.caps.hard.microUsd ?? 0) + slice.granted.microUsd);
    const again = reserve([{ ...purse, caps: capsOf(hard) }], id, money(upper));
    const [account] = again.kind === 'held' ? again.accounts : [];
    if (account === undefined) throw new Error('A slice that was granted for a call has room for it.');
    return { ...purse, caps: capsOf(hard), account };
  }

  private end(process: Process, share: number): Process {
    const [next] = process.open;
    if (next === undefined) return process;
    const [id, upper] = next;
    const real = Math.floor((upper * share) / 100);
    this.reallySpent += real;
    const purse = { ...process.purse, account: settled(process.purse.account, id, money(real)) };
    const open = new Map(process.open);
    open.delete(id);
    return { ...process, purse, open };
  }

  /** What was under way is billed by the provider, though nobody is there to count it. */
  private crash(at: number, { id, open, purse }: Process): void {
    const underWay = [...open.values()].reduce((sum, upper) => sum + upper, 0);
    this.reallySpent += underWay;
    this.lost += (purse.caps.hard.microUsd ?? 0) - used(purse.account).microUsd;
    this.ledger = forfeited(this.ledger, id);
    this.processes[at] = null;
  }

  private close(at: number, { id, purse }: Process): void {
    this.ledger = settled(this.ledger, id, spentOf(purse.account));
    this.processes[at] = null;
  }
}

it('processes that share a budget never spend beyond it, and one that dies costs at most a slice', () => {
  fc.assert(
    fc.property(acts, (history) => {
      const world = new World();
      let crashes = 0;
      for (const act of history) {
        world.act(act);
        if (act.kind === 'crash') crashes += 1;
        const counted = used(world.ledger).microUsd;
        expect(counted).toBeLessThanOrEqual(1000);
        expect(world.reallySpent).toBeLessThanOrEqual(counted);
      }
      for (const [process] of world.processes.entries()) {
        while ((world.processes[process]?.open.size ?? 0) > 0) world.act({ process, kind: 'end', upper: 1, share: 100 });
        world.act({ process, kind: 'close', upper: 1, share: 0 });
      }
      expect(used(world.ledger).microUsd - world.reallySpent).toBe(world.lost);
      expect(world.lost).toBeLessThanOrEqual(crashes * (sliceSize + 60));
    }),
    { numRuns: 300 },
  );
});
