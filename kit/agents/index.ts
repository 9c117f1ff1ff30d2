export { agentStoreContract, type StoreUnderTest } from './contract.ts';
export { loginsContract, type LoginsUnderTest } from './logins-contract.ts';
export { memoryAgents, type MemoryAgents } from './memory.ts';
export { memoryLogins, type MemoryLogins } from './memory-logins.ts';
export { sampleAgents } from './samples.ts';
