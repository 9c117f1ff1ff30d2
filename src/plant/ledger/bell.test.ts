import { describe, expect, it } from 'vitest';
import { Bell } from './bell.ts';

const never = new AbortController().signal;
const msOf = async (work: Promise<void>): Promise<number> => {
  const from = performance.now();
  await work;
  return performance.now() - from;
};

describe('a bell', () => {
  it('wakes everyone at once when it rings, however long they were ready to wait', async () => {
    const bell = new Bell();
    const waits = Promise.all([msOf(bell.wait(60_000, never)), msOf(bell.wait(60_000, never))]);
    bell.ring();
    for (const ms of await waits) expect(ms).toBeLessThan(1_000);
  });

  it('has them look again soon after it rang, and later each time', async () => {
    const bell = new Bell();
    bell.ring();
    const from = performance.now();
    const looks: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      await bell.wait(60_000, never);
      looks.push(performance.now() - from);
    }
    expect(looks[0]).toBeLessThan(1_000);
    expect(looks[3]).toBeGreaterThan(2 * (looks[1] ?? 0));
  });

  it('lets nobody wait for longer than they said, or than 2 s', async () => {
    const bell = new Bell();
    expect(await msOf(bell.wait(1, never))).toBeLessThan(1_000);
    expect(await msOf(bell.wait(60_000, never))).toBeLessThan(10_000);
  });
});
