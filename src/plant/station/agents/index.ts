export { agentStore } from './agent-store.ts';
export type { AgentStoreOptions } from './store-options.ts';
