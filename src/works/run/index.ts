export { lineWorkflow } from './line-workflow.ts';
export type { RunNeeds } from './needs.ts';
export type { RunInput } from './run-input.ts';
