export { createFactory, type FactoryConfig } from './factory.ts';
export type { Factory, Progress, RunReport, RunRequest, RunResult } from './core/ports/factory.ts';
export { verifyEvidence, type Verification } from './core/evidence/verify.ts';
