import type { TestStatus } from '../../../core/evidence/fact.ts';
import type { ProcessResult } from '../../../core/ports/floor.ts';

export const runnerNames = ['node:test', 'mocha', 'jest', 'vitest', 'tape', 'tap', 'ava', 'junit'] as const;
export type RunnerName = (typeof runnerNames)[number];

/** How a repository's suite is run by the factory's own command, so that each test id reports for itself. */
export interface TestPlan {
  readonly runner: RunnerName;
  /** Version of the runner that is installed; null where it could not be read or Node itself is the runner. */
  readonly version: string | null;
  /** Project folder relative to the workspace root, '' for the root. */
  readonly directory: string;
  /** Without `--bail`, reporters, coverage and watch flags; with everything that decides what the tests see. */
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Where the runner writes its machine-readable results, relative to the project folder; null for stdout. */
  readonly resultFile: string | null;
  /** Test files the plan was made from, relative to the project folder. */
  readonly files: readonly string[];
  /** What the repository's own command names: files, folders, globs; empty where the runner finds files by itself. */
  readonly specs: readonly string[];
  /** Shell lines the repository runs before its tests (`tsc -p test`); `prepareTests` runs them once per tree. */
  readonly prepare: readonly string[];
  /** Test commands of the same script that this plan does not run; evidence must name them. */
  readonly uncovered: readonly string[];
  readonly style: SuiteStyle;
  /** Why this runner: the line of the manifest or config that says so. */
  readonly reason: string;
}

/** How the suite's files are written; a canary is written the same way. */
export interface SuiteStyle {
  /** A test file whose place and name another one can be modelled on; null where none was found. */
  readonly sample: string | null;
  /** What a file like the sample is to Node or to the runner's transform. */
  readonly module: 'esm' | 'cjs';
  /** Assertion libraries the suite's files import: 'node:assert', 'chai', 'expect', 'should'. */
  readonly assertions: readonly string[];
  /** Modules the suite's files load, in order: './src/a.js' relative to the project folder, others by name. */
  readonly loads: readonly string[];
  /**
   * Whether another file may be loaded before all of the suite's: its first file does nothing but load modules before
   * it defines tests. Matters where all files share one process.
   */
  readonly early: boolean;
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
  /**
   * By id: `file > suite > ... > name`, the file relative to the project folder. A file that could not be loaded
   * or died has an entry under its own name with status 'crash'. Tests of a canary are not among them.
   */
  readonly results: ReadonlyMap<string, TestResult>;
  /** How the run itself ended; a crash or a timeout explains missing ids. */
  readonly ended: 'complete' | 'crashed' | 'timed-out' | 'not-started';
  /** Files that were running when the run was cut off, where the runner tells. */
  readonly running: readonly string[];
  /** What stands against the results as they are: no result file, lines that no reporter wrote, an error outside tests. */
  readonly problem: string | null;
  /** What became of the canary, null where none was laid in. */
  readonly canary: CanaryReport | null;
  readonly process: ProcessResult;
}

/** Tests that must fail: they load the subject and assert something false, once per assertion the suite can use. */
export interface Canary {
  /** File it is written to, relative to the project folder. */
  readonly file: string;
  readonly content: string;
  /** Ids that the runner must all report as failed. */
  readonly ids: readonly string[];
}

export interface CanaryReport {
  readonly file: string;
  /** 'fail' only where every id of the canary failed; otherwise the status that speaks most against the run. */
  readonly reported: TestStatus;
  /** Ids that did not fail, with what they were reported as. */
  readonly suspicious: readonly { readonly id: string; readonly reported: TestStatus }[];
}

/** What a canary loads before it asserts something false, beside all that the suite's own files load. */
export interface CanarySubject {
  /** Modules of the repository beside those that the suite itself loads, relative to the project folder. */
  readonly files?: readonly string[];
  /** Packages by name, as the suite would import them: the dependency that was updated. */
  readonly packages?: readonly string[];
  /** Names the canary's file and tests, so that code under test cannot know it beforehand; default 'jidoka-canary'. */
  readonly token?: string;
}

export interface RunOptions {
  /** Limit for the whole suite, in milliseconds. */
  readonly timeoutMs: number;
  readonly canary?: Canary;
  /** Test files that run as well, relative to the project folder, wherever they stand. */
  readonly also?: readonly string[];
  /** More files that the run needs, by path relative to the project folder; taken away again after it. */
  readonly laidIn?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}
