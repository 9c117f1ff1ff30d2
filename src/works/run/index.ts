export { advanceRun } from './record/advance-run.ts';
export { newEvents, type Keyed } from './record/append.ts';
export { cancelRun } from './cancel-run.ts';
export { gateClosedKey } from './expire-gate.ts';
export { gateDigest } from './gate-digest.ts';
export type { RunNeeds } from './needs.ts';
export { performRunStep } from './perform-step.ts';
export { RunInput } from './run-input.ts';
export { submitRun } from './submit-run.ts';
