export { collectCoverage, coverageEnvironment, type Collected } from './collect-coverage.ts';
export { coverageFact, type ChangedSource } from './coverage-fact.ts';
