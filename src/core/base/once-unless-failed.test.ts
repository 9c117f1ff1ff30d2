import { expect, test } from 'vitest';
import { onceUnlessFailed } from './once-unless-failed.ts';

test('what was found is kept, also for those who asked while it was being found', async () => {
  let rounds = 0;
  const find = onceUnlessFailed(async () => (rounds += 1));
  expect(await Promise.all([find(), find()])).toEqual([1, 1]);
  expect(await find()).toBe(1);
});

test('a failure is told to all who waited for it, and who asks next may find it', async () => {
  let rounds = 0;
  const find = onceUnlessFailed(async () => {
    rounds += 1;
    if (rounds === 1) throw new Error('down');
    return rounds;
  });
  const both = await Promise.allSettled([find(), find()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await find()).toBe(2);
  expect(await find()).toBe(2);
});
