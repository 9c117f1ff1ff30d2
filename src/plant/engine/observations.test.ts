import { describe, expect, it } from 'vitest';
import { Observations, type Seen } from './observations.ts';

const seen = (change: Partial<Seen> = {}): Seen => ({ id: 'a', beat: 1, holds: 1, locked: true, ...change });
const second = { lagMs: 1_000 };

describe('a process that holds steps', () => {
  it('stands still once its beat was the same for ten seconds', () => {
    const observations = new Observations();
    const still = [0, 5_000, 9_999, 10_000].map((nowMs) => observations.standingStill([seen()], { nowMs, ...second }).has('a'));
    expect(still).toEqual([false, false, false, true]);
  });

  it('does not stand still while its beat moves, and may do so later', () => {
    const observations = new Observations();
    for (let beat = 0; beat < 30; beat += 1) {
      expect(observations.standingStill([seen({ beat })], { nowMs: beat * 1_000, ...second }).size).toBe(0);
    }
    expect(observations.standingStill([seen({ beat: 29 })], { nowMs: 39_000, ...second })).toEqual(new Set(['a']));
  });

  it('is seen afresh where the observer itself was late, however long ago it was first seen', () => {
    const observations = new Observations();
    observations.standingStill([seen()], { nowMs: 0, ...second });
    expect(observations.standingStill([seen()], { nowMs: 60_000, lagMs: 60_000 }).size).toBe(0);
    expect(observations.standingStill([seen()], { nowMs: 69_999, ...second }).size).toBe(0);
    expect(observations.standingStill([seen()], { nowMs: 70_000, ...second }).size).toBe(1);
  });
});

it('does not watch a process that holds nothing', () => {
  const observations = new Observations();
  observations.standingStill([seen({ holds: 0 })], { nowMs: 0, ...second });
  expect(observations.standingStill([seen({ holds: 1 })], { nowMs: 20_000, ...second }).size).toBe(0);
});
