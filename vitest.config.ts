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
    // Ends what hangs and holds nothing to a time: a machine may be busy with more than this.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Somebody waits for what comes in its time; the second that vitest gives it is short on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    pool: 'forks',
    // A module of ours keeps no state, so each process loads it once and takes one file of tests after the other.
    isolate: false,
    // Of three one always waits: for a process that it started, a server, a limit that is reached.
    maxWorkers: 3,
    allowOnly: false,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
