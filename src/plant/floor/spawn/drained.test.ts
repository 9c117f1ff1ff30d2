import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { drained } from './drained.ts';

test('a stream that is waited for often keeps nothing of it', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const before = stream.listenerCount('close');
  for (let round = 0; round < 20; round += 1) {
    expect(stream.write('much')).toBe(false);
    const waiting = drained(stream);
    stream.read();
    await waiting;
  }
  expect([stream.listenerCount('close'), stream.listenerCount('drain')]).toEqual([before, 0]);
});

test('a stream that ends while it is waited for, or had ended, is not waited for', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  stream.write('much');
  const waiting = drained(stream);
  stream.destroy();
  await waiting;
  await drained(stream);
  expect(stream.destroyed).toBe(true);
});
