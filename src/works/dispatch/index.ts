export { resumeRun } from './resume-run.ts';
export { runDetails, runSummaries } from './run-list.ts';
export { workRequest } from './work-request.ts';
export type { RunEngine } from './work-seed.ts';
