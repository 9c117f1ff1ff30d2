export { agentStoreContract, type StoreUnderTest } from './contract.ts';
export { memoryAgents, type MemoryAgents } from './memory.ts';
export { sampleAgents } from './samples.ts';
