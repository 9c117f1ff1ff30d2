import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/core/ports/clock.ts';

/** What a clock under test is made of; `pass` lets time go on, for real or by hand. */
export interface ClockUnderTest {
  readonly clock: Clock;
  readonly pass: (ms: number) => Promise<void>;
}

/** The promises every clock keeps. */
export function clockContract(name: string, make: () => ClockUnderTest): void {
  describe(`clock: ${name}`, () => {
    test('now is ISO 8601 in UTC with milliseconds', () => {
      expect(make().clock.now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    test('the same time in milliseconds lies between two looks at now', () => {
      const { clock } = make();
      const [before, between, after] = [clock.now(), clock.epochMs(), clock.now()];
      expect(between).toBeGreaterThanOrEqual(Date.parse(before));
      expect(between).toBeLessThanOrEqual(Date.parse(after));
    });

    test('monotonic time goes on by at least what passed', async () => {
      const { clock, pass } = make();
      const before = clock.monotonicMs();
      await pass(20);
      expect(clock.monotonicMs() - before).toBeGreaterThanOrEqual(19);
    });

    test('a sleep ends when its time is over', async () => {
      const { clock, pass } = make();
      const before = clock.monotonicMs();
      await Promise.all([clock.sleep(20), pass(20)]);
      expect(clock.monotonicMs() - before).toBeGreaterThanOrEqual(19);
    });

    test('an abort ends a sleep early and without an error', async () => {
      const { clock } = make();
      const stop = new AbortController();
      const sleeping = clock.sleep(60_000, stop.signal);
      stop.abort();
      await expect(sleeping).resolves.toBeUndefined();
      await expect(clock.sleep(60_000, stop.signal)).resolves.toBeUndefined();
    });
  });
}
