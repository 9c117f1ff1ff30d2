export type { Crew } from './crew.ts';
export { performRequest } from './perform-request.ts';
export { findRun, resumeRun } from './resume-run.ts';
export { runDetails, runSummaries } from './run-list.ts';
export { stopRun } from './stop-run.ts';
export { submitRequest } from './submit-request.ts';
export { workRequest } from './work-request.ts';
