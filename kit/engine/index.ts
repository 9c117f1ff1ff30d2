export { engineContract, type EnginesUnderTest, type EngineUnderTest } from './contract.ts';
export { memoryEngine, type MemoryEngine } from './memory-engine.ts';
export { memoryPlant, type MemoryPlant } from './memory-plant.ts';
