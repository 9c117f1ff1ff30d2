export { clusterPlace } from './cluster/cluster-place.ts';
export type { Database, DatabaseOptions, Executor } from './database.ts';
export { withFileLock, type LockPatience } from './file-lock.ts';
export { moveData } from './move/move-data.ts';
export type { MoveOptions } from './move/carry.ts';
export { refuseMoved } from './move/mark.ts';
export type { MovedTable } from './move/tables.ts';
export { openDatabase } from './open-database.ts';
export { removeDatabase } from './remove-database.ts';
