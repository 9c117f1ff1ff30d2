export type { Database, DatabaseOptions, Executor } from './database.ts';
export { withFileLock, type LockPatience } from './file-lock.ts';
export { openDatabase } from './open-database.ts';
export { removeDatabase } from './remove-database.ts';
