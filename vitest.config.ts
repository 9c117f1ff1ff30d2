import { configDefaults, defineConfig } from 'vitest/config';
import { ClosingLine } from './test/reporter/closing-line.ts';

/**
 * The fast suite from its sources, for whoever writes one. `npm test` holds it against what was built (`vitest.built.config.ts`);
 * `vitest.slow.config.ts` runs what takes longer.
 */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'kit/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.slow.test.ts', '**/*.agents.test.ts', '**/*.proof.test.ts', '**/fixtures/**'],
    globalSetup: ['test/cluster/setup.ts'],
    setupFiles: ['test/reporter/warnings.ts'],
    reporters: ['default', new ClosingLine()],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Of three one always waits: for a process that it started, a server, a limit that is reached.
    maxWorkers: 3,
    allowOnly: false,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
