export { engineContract, type EnginesUnderTest } from './contract.ts';
export { memoryEngine } from './memory.ts';
export { memoryWorkflows, type MemoryWorkflows } from './store.ts';
