import { expect, test } from 'vitest';
import { turnsFor } from './turns.ts';

test('no more go at once than there are places, each in the order it came, also after one that failed', async () => {
  const turns = turnsFor(2);
  const order: number[] = [];
  let going = 0;
  let most = 0;
  const all = Array.from({ length: 9 }, (_none, nth) =>
    turns.inTurn(async () => {
      going += 1;
      most = Math.max(most, going);
      await new Promise((resolve) => setImmediate(resolve));
      going -= 1;
      order.push(nth);
      if (nth % 3 === 0) throw new Error(String(nth));
      return nth;
    }),
  );
  const ended = await Promise.allSettled(all);
  expect(ended.map(({ status }) => status === 'fulfilled')).toEqual([false, true, true, false, true, true, false, true, true]);
  expect([most, order]).toEqual([2, [0, 1, 2, 3, 4, 5, 6, 7, 8]]);
  expect(await turns.inTurn(() => Promise.resolve('free'))).toBe('free');
});
