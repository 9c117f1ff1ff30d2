export { deedsFor } from './deeds.ts';
export type { Deed } from './deeds.ts';
export { sourceWith, suiteFor, suiteRunners, testFile } from './suites.ts';
export type { Suite, SuiteModule, SuiteRunner } from './suites.ts';
export { tempWorkspace } from './temp-workspace.ts';
export { runnerContract } from './runner-contract.ts';
export type { RunSuite, SeenRun } from './runner-contract.ts';
