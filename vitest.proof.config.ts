import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import slow from './vitest.slow.config.ts';

/**
 * What is thorough by number: every cheat, every instant, every engine, every class. Each has a smaller sibling among the slow
 * suites. `npm run test:proofs` runs them all, the scripts of docs/proof each its own.
 */
export default mergeConfig(
  { ...slow, test: { ...slow.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['src/**/*.{proof,slow}.test.ts', 'test/**/*.{proof,slow}.test.ts'],
      exclude: [...configDefaults.exclude, '**/fixtures/**'],
      maxWorkers: 2,
    },
  }),
);
