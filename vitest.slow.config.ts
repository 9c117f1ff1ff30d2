import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import { LongFirst } from './test/sequence/long-first.ts';
import built from './vitest.built.config.ts';

/** Suites that install real packages, kill processes or climb to five figures; minutes, not seconds. */
export default mergeConfig(
  { ...built, test: { ...built.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['src/**/*.slow.test.ts', 'kit/**/*.slow.test.ts', 'test/**/*.slow.test.ts'],
      exclude: [...configDefaults.exclude, '**/fixtures/**'],
      // Much of it waits: for a registry that hangs, a worker that is dead, a limit that is reached.
      maxWorkers: 3,
      sequence: { sequencer: LongFirst },
      testTimeout: 300_000,
      hookTimeout: 300_000,
    },
  }),
);
