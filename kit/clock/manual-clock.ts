import type { Clock } from '../../src/core/ports/clock.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Moves time on and ends the sleeps that are due, earliest first. */
  advance(ms: number): void;
  /** Sleeps that have not ended. */
  sleepers(): number;
}

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/**
 * Time for tests: nothing passes until `advance`.
 *
 * @example
 * const clock = manualClock('2026-01-01T00:00:00.000Z');
 * clock.advance(1000);
 * clock.now(); // '2026-01-01T00:00:01.000Z'
 */
export function manualClock(start = '2026-01-01T00:00:00.000Z'): ManualClock {
  const startMs = Date.parse(start);
  const sleepers = new Set<Sleeper>();
  let passedMs = 0;
  return {
    now: () => new Date(startMs + passedMs).toISOString(),
    epochMs: () => startMs + passedMs,
    monotonicMs: () => passedMs,
    sleep: (ms, signal) => sleepUntil(sleepers, passedMs + ms, { passedMs, signal }),
    advance: (ms) => {
      passedMs += ms;
      const due = [...sleepers].filter((sleeper) => sleeper.dueMs <= passedMs);
      for (const sleeper of due.sort((left, right) => left.dueMs - right.dueMs)) sleeper.wake();
    },
    sleepers: () => sleepers.size,
  };
}

function sleepUntil(
  sleepers: Set<Sleeper>,
  dueMs: number,
  at: { readonly passedMs: number; readonly signal: AbortSignal | undefined },
): Promise<void> {
  if (dueMs <= at.passedMs || at.signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      sleepers.delete(sleeper);
      at.signal?.removeEventListener('abort', wake);
      resolve();
    };
    const sleeper: Sleeper = { dueMs, wake };
    sleepers.add(sleeper);
    at.signal?.addEventListener('abort', wake);
  });
}
