export { openControl } from './control/open-control.ts';
export { openEngine, type EngineOptions } from './open-engine.ts';
export type { EngineDatabase } from './engine-database.ts';
