export { attachKept } from './attach.ts';
export type { Traces } from './attach.ts';
export { hasStarted, startedIds } from './has-started.ts';
export { startKept } from './start.ts';
export type { Launch } from './start.ts';
