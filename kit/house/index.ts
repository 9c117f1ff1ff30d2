export { MemoryHouse, onlyRuns, type Hands, type HouseNeeds, type HouseProcess } from './memory-house.ts';
export { snapshot, type MemoryForge } from './memory-forge.ts';
export { Halt, type Program } from './programs.ts';
export { writer } from './writer.ts';
export { changeStage, commandStage, gateStage, runInput, taskLine, taskRequest, taskSeed } from './task-line.ts';
