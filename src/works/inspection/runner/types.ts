import type { TestStatus } from '../../../core/evidence/fact.ts';
import type { ProcessResult } from '../../../core/ports/floor.ts';

export type RunnerName = 'node:test' | 'mocha' | 'jest' | 'vitest' | 'tape' | 'tap' | 'ava' | 'junit';

/** How a repository's suite is run by the factory's own command, so that each test id reports for itself. */
export interface TestPlan {
  readonly runner: RunnerName;
  /** Project folder relative to the workspace root. */
  readonly directory: string;
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Where the runner writes its machine-readable results, relative to the project folder; null for stdout. */
  readonly resultFile: string | null;
  /** Test files the plan was made from, relative to the project folder. */
  readonly files: readonly string[];
  /** Why this runner: the line of the manifest or config that says so. */
  readonly reason: string;
}

/** Result of one id in one run. */
export interface TestResult {
  readonly status: Extract<TestStatus, 'pass' | 'fail' | 'skip' | 'crash' | 'timeout'>;
  readonly message?: string;
  readonly file?: string;
}

/** One run of a suite. An id absent from `results` did not report. */
export interface TestRun {
  readonly plan: TestPlan;
  readonly results: ReadonlyMap<string, TestResult>;
  /** How the run itself ended; a crash or a timeout explains missing ids. */
  readonly ended: 'complete' | 'crashed' | 'timed-out' | 'not-started';
  readonly process: ProcessResult;
}

/** A test that must fail: it loads the subject and asserts something false. */
export interface Canary {
  /** File it is written to, relative to the project folder. */
  readonly file: string;
  readonly content: string;
  /** Id under which the runner must report it as failed. */
  readonly id: string;
}
