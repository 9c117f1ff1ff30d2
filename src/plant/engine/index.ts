export type { EngineDatabase } from './engine-database.ts';
export { openEngine, type EngineOptions } from './open-engine.ts';
