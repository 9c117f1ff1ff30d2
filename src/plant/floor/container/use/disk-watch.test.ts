import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchDisk } from './disk-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const cancelled = { kind: 'cancelled' } as const;

/** A command that goes on until it is told to end. */
function untilTold(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(String(signal.reason))));
}

test('a command that wrote too much is ended, and its end says so', async () => {
  let bytes = 10;
  const watch = watchDisk({ weigh: async () => bytes, allowedBytes: 100 });
  const running = watch.during(untilTold);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(watch.judge(cancelled, undefined)).toEqual(cancelled);
  bytes = 101;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await running).toBe('withdrawn');
  expect(watch.judge(cancelled, undefined)).toEqual({ kind: 'limited', limit: 'disk', allowed: 100 });
});

test('whoever withdrew a command himself is not told of the disk', async () => {
  const watch = watchDisk({ weigh: async () => 101, allowedBytes: 100 });
  const running = watch.during(untilTold);
  await vi.advanceTimersByTimeAsync(1_000);
  await running;
  expect(watch.judge(cancelled, AbortSignal.abort('withdrawn'))).toEqual(cancelled);
  expect(watch.judge({ kind: 'exited', code: 0 }, undefined)).toEqual({ kind: 'exited', code: 0 });
});

test('nobody looks while nothing runs, and not at all for a short command', async () => {
  let looks = 0;
  const watch = watchDisk({ weigh: async () => (looks += 1), allowedBytes: 100 });
  await watch.during(async () => undefined);
  await vi.advanceTimersByTimeAsync(999);
  expect(looks).toBe(0);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(looks).toBeLessThanOrEqual(1);
});

test('an engine that does not answer ends nothing', async () => {
  const watch = watchDisk({ weigh: () => Promise.reject(new Error('away')), allowedBytes: 0 });
  const stop = new AbortController();
  let told = false;
  const running = watch.during((signal) => {
    signal.addEventListener('abort', () => (told = true));
    return untilTold(stop.signal);
  });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(told).toBe(false);
  stop.abort('done');
  await running;
  watch.stop();
});
