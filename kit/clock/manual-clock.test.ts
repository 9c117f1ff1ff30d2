import { expect, test } from 'vitest';
import { clockContract, manualClock } from './index.ts';

clockContract('manual', () => {
  const clock = manualClock();
  return { clock, pass: async (ms) => clock.advance(ms) };
});

test('sleeps end in the order they are due, and only those that are', async () => {
  const clock = manualClock();
  const ended: number[] = [];
  for (const ms of [30, 10, 50]) void clock.sleep(ms).then(() => ended.push(ms));
  clock.advance(30);
  await Promise.resolve();
  expect(ended).toEqual([10, 30]);
  expect(clock.sleepers()).toBe(1);
});
