export { politeScenario, readScenario } from './model/scenario/read-scenario.ts';
export type { Scenario } from './model/scenario/scenario.ts';
export { type ModelTwin, type ModelTwinOptions, startModelTwin } from './model/start-model-twin.ts';
export { recordedEntry, type RecordedExchange } from './model/tape/recorded-entry.ts';
export { fileTape, memoryTape, type MemoryTape, readTape, type Tape, type TapeEntry } from './model/tape/tape.ts';
