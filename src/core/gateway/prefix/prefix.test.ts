import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceList } from '../money/price.ts';
import { noUsage } from '../money/usage.ts';
import { cacheTime, staysPinned, warmPrefix, type Pin } from './pin.ts';
import { noReadShare, withCall } from './read-share.ts';
import { sessionCost } from './session-cost.ts';
import { adviseSwitch, type Switch } from './switch-rule.ts';

const listOf = (input: number, output: number): PriceList => ({
  asOf: '2026-11-20',
  input,
  output,
  cacheRead: input / 10,
  cacheWrite5m: input * 1.25,
  cacheWrite1h: input * 2,
});
const strong = listOf(5, 25);
const middle = listOf(3, 15);
const cheap = listOf(0.3, 1.2);
const shape = { start: 15_000, growth: 1500, output: 350 };
const times = (count: number, prices: PriceList): PriceList[] => Array.from({ length: count }, () => prices);
const alternating = (first: PriceList, second: PriceList): PriceList[] =>
  Array.from({ length: 45 }, (_, at) => (at % 2 === 0 ? first : second));

describe('a session of 45 calls costs', () => {
  it.each<[string, (PriceList | null)[], string]>([
    ['all strong', times(45, strong), '1.94'],
    ['all cheap', times(45, cheap), '0.11'],
    ['ten cheap, then strong', [...times(10, cheap), ...times(35, strong)], '1.76'],
    ['twenty cheap, then strong', [...times(20, cheap), ...times(25, strong)], '1.51'],
    ['given up after ten cheap, and begun anew with strong', [...times(10, cheap), null, ...times(45, strong)], '1.96'],
    ['cheap and strong in turn', alternating(cheap, strong), '1.25'],
    ['all middle', times(45, middle), '1.16'],
    ['middle and strong in turn, which eats what the middle one saves', alternating(middle, strong), '1.91'],
  ])('%s', (_, calls, dollars) => {
    expect((sessionCost(shape, calls, { isCached: true }) / 1e6).toFixed(2)).toBe(dollars);
  });

  it('5.8 times as much without a cache', () => {
    const without = sessionCost(shape, times(45, strong), { isCached: false });
    expect((without / 1e6).toFixed(2)).toBe('11.19');
    expect((without / sessionCost(shape, times(45, strong), { isCached: true })).toFixed(1)).toBe('5.8');
  });
});

describe('a switch', () => {
  const change: Switch = {
    gain: 0.1,
    value: 10_000_000,
    saved: 0,
    unreadPrefix: 60_000,
    price: strong,
    keeps: '5m',
    margin: 20_000,
    stability: 30_000,
  };

  it('is worth it from what it takes: the unread prefix written, a margin, and going on as before', () => {
    expect(adviseSwitch(change)).toEqual({
      isWorth: true,
      brings: 1_000_000,
      takes: 425_000,
      sentence: 'A switch brings $1.00 and takes $0.42.',
    });
    expect(adviseSwitch({ ...change, gain: 0.0425 }).isWorth).toBe(true);
    expect(adviseSwitch({ ...change, gain: 0.0424 }).isWorth).toBe(false);
  });

  it('takes more where the prefix is kept for an hour, and nothing for what the other model has read', () => {
    expect(adviseSwitch({ ...change, keeps: '1h' }).takes).toBe(650_000);
    expect(adviseSwitch({ ...change, unreadPrefix: 0 }).takes).toBe(50_000);
  });

  it('to a cheaper model is worth it only where the rest of the session saves the write', () => {
    const down = { ...change, gain: -0.01, price: middle, saved: 0 };
    expect(adviseSwitch({ ...down, saved: 300_000 }).isWorth).toBe(false);
    expect(adviseSwitch({ ...down, saved: 400_000 }).isWorth).toBe(true);
  });

  it('is never worth it where nobody knows the price', () => {
    expect(adviseSwitch({ ...change, gain: 1, price: 'unpriced' })).toMatchObject({ isWorth: false, takes: null });
  });

  it('is worth less the more of the prefix is unread', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 200_000 }),
        fc.nat({ max: 200_000 }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (unreadPrefix, more, gain) => {
          const near = adviseSwitch({ ...change, gain, unreadPrefix });
          const far = adviseSwitch({ ...change, gain, unreadPrefix: unreadPrefix + more });
          expect(far.isWorth && !near.isWorth).toBe(false);
        },
      ),
    );
  });
});

describe('a session', () => {
  const pin: Pin = { model: 'strong', at: 'a/strong', prefix: 40_000, usedAt: 0, keeps: '5m' };

  it.each([
    [{ isOpenExchange: true, isUsable: true, isWorth: true }, true],
    [{ isOpenExchange: true, isUsable: false, isWorth: false }, false],
    [{ isOpenExchange: false, isUsable: true, isWorth: true }, false],
    [{ isOpenExchange: false, isUsable: true, isWorth: false }, true],
  ])('in the state %j stays where it is: %s', (turn, stays) => {
    expect(staysPinned({ ...turn, now: 0 })).toBe(stays);
  });

  it('finds its prefix for five minutes, or for an hour', () => {
    expect(warmPrefix(pin, 299_999)).toBe(40_000);
    expect(warmPrefix(pin, 300_000)).toBe(0);
    expect(warmPrefix({ ...pin, keeps: '1h' }, 3_599_999)).toBe(40_000);
  });

  it('asks for an hour where a person or a long test run comes between', () => {
    expect(cacheTime({ hasGates: false, longestCommandMs: 240_000 })).toBe('5m');
    expect(cacheTime({ hasGates: false, longestCommandMs: 240_001 })).toBe('1h');
    expect(cacheTime({ hasGates: true, longestCommandMs: 0 })).toBe('1h');
  });
});

describe('the share that is read from a cache', () => {
  const call = (read: number, rest: number) => ({ ...noUsage, cacheRead: read, input: rest });
  const alarms = (calls: readonly ReturnType<typeof call>[]): boolean[] => {
    let share = noReadShare;
    return calls.map((usage) => {
      const next = withCall(share, usage);
      share = next.share;
      return next.isLost;
    });
  };
  const warm = Array.from({ length: 5 }, (_, at) => call(15_000 + at * 1500, 1500));

  it('raises an alarm when the prefix is lost, and not for one large file', () => {
    expect(alarms([call(0, 15_000), ...warm, call(0, 24_000)])).toEqual([...Array.from({ length: 6 }, () => false), true]);
    expect(alarms([call(0, 15_000), ...warm, call(22_000, 15_000)])).not.toContain(true);
  });

  it('says nothing of a session that never had one', () => {
    expect(alarms(Array.from({ length: 10 }, () => call(0, 9000)))).not.toContain(true);
  });
});
