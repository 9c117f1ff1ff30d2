import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Ends a run with one plain line, `12 passed, 0 failed`, and fails a run in which nothing was tested. */
export class ClosingLine implements Reporter {
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {
    this.#print = print;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const cases = modules.flatMap((module) => [...module.children.allTests()]);
    const failedModules = modules.filter((module) => module.errors().length > 0).length;
    const counts = countOf(cases.map((test) => test.result().state));
    const failed = counts.failed + failedModules + unhandledErrors.length;
    if (counts.passed + failed === 0) process.exitCode = 1;
    this.#print(closingLine({ ...counts, failed }));
  }
}

type State = ReturnType<TestCase['result']>['state'];

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A test that was still pending when the run ended did not pass. */
export function countOf(states: readonly State[]): Counts {
  const count = (wanted: readonly State[]): number => states.filter((state) => wanted.includes(state)).length;
  return { passed: count(['passed']), failed: count(['failed', 'pending']), skipped: count(['skipped']) };
}

/**
 * Writes the closing line; skipped tests are named only where there are any.
 *
 * @example
 * closingLine({ passed: 12, failed: 0, skipped: 1 }); // '12 passed, 0 failed, 1 skipped'
 */
export function closingLine({ passed, failed, skipped }: Counts): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}
