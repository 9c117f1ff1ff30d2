import { expect, it } from 'vitest';
import type { Pool } from 'pg';
import { databaseTime } from './database-time.ts';

/** A database whose clock shows what it is told, and that takes its time; and the clock of a machine that goes on meanwhile. */
function machine(showing: () => number, { takesMs, wall }: { takesMs: () => number; wall: number }) {
  const state = { ms: 5_000 };
  const pool = {
    query: async () => {
      state.ms += takesMs() / 2;
      const rows = [{ ms: showing() }];
      state.ms += takesMs() / 2;
      return { rows };
    },
  };
  // All that is asked of the pool is this one query.
  const attempt = <T>(work: (given: Pool) => Promise<T>): Promise<T> => work(pool as unknown as Pool);
  return { state, time: databaseTime({ database: { attempt }, monotonicMs: () => state.ms, now: () => wall }) };
}

it('is that of the database, however wrong the clock of the machine is, and goes on with the seconds of the machine', async () => {
  const { state, time } = machine(() => 1_000_000, { takesMs: () => 200, wall: 1_000_000 + 3_600_000 });
  expect(time.now()).toBe(4_600_000);
  expect(await time.known()).toBe(1_000_100);
  state.ms += 500;
  expect(time.now()).toBe(1_000_600);
});

it('is corrected by a new answer, but not by one that was under way for long', async () => {
  let [shown, takes] = [1_000_000, 0];
  const { time } = machine(() => shown, { takesMs: () => takes, wall: 0 });
  await time.learn();
  shown = 1_060_000;
  await time.learn();
  expect(time.now()).toBe(1_060_000);
  [shown, takes] = [1_500_000, 8_000];
  await time.learn();
  expect(time.now()).toBe(1_068_000);
});
