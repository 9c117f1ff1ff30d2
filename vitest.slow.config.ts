import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import { builtModules, fromBuild } from './test/built/from-build.ts';
import { LongFirst } from './test/sequence/long-first.ts';
import fast from './vitest.config.ts';

/** Suites that install real packages, kill processes or climb to five figures; minutes, not seconds. */
export default mergeConfig(
  { ...fast, test: { ...fast.test, include: [], exclude: [] } },
  defineConfig({
    plugins: [fromBuild()],
    test: {
      include: ['src/**/*.slow.test.ts', 'kit/**/*.slow.test.ts', 'test/**/*.slow.test.ts'],
      exclude: [...configDefaults.exclude, '**/fixtures/**'],
      // Much of it waits: for a registry that hangs, a worker that is dead, a limit that is reached.
      maxWorkers: 3,
      sequence: { sequencer: LongFirst },
      server: { deps: { external: [builtModules] } },
      testTimeout: 300_000,
      hookTimeout: 300_000,
    },
  }),
);
