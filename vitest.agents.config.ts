import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import slow from './vitest.slow.config.ts';

/** Suites that drive the real agents, which they install from npm; one worker, for each agent wants a core to itself. */
export default mergeConfig(
  { ...slow, test: { ...slow.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['src/**/*.agents.test.ts', 'test/**/*.agents.test.ts'],
      exclude: [...configDefaults.exclude, '**/fixtures/**'],
      maxWorkers: 1,
      hookTimeout: 900_000,
    },
  }),
);
