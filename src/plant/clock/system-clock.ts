import { performance } from 'node:perf_hooks';
import type { Clock } from '../../core/ports/clock.ts';

/** Longest wait one timer can hold, in milliseconds; longer sleeps take several. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The clock of this machine.
 *
 * @example
 * const clock = systemClock();
 * await clock.sleep(250);
 */
export function systemClock(): Clock {
  return {
    now: () => new Date().toISOString(),
    epochMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    sleep,
  };
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  for (let left = ms; left > 0 && signal?.aborted !== true; left -= longestTimerMs) {
    await oneTimer(Math.min(left, longestTimerMs), signal);
  }
}

function oneTimer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
