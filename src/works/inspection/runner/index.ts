export { readBaseline, writeBaseline } from './baseline.ts';
export { breakClass } from './break-class.ts';
export { canaryFor } from './canary.ts';
export { compareRuns, summarizeBaseline, weakBaseline } from './compare.ts';
export type { BaselineSummary, Comparison, WeakBaseline } from './compare.ts';
export { detectRunner } from './detect.ts';
export type { DetectOptions, Detection } from './detect.ts';
export { prepareTests, runTests } from './run-tests.ts';
export type { Canary, CanaryReport, CanarySubject, RunOptions, RunnerName, SuiteStyle, TestPlan, TestResult, TestRun } from './types.ts';
