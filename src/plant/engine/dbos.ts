import type { Pool } from 'pg';
import type * as Sdk from '@dbos-inc/dbos-sdk';
import type * as Internal from '@dbos-inc/dbos-sdk/internal/dbos-executor';

/** The parts of DBOS in use. What is under `internal/` is outside its semver: the version is pinned, the suite of the room is the check. */
export interface Dbos {
  readonly DBOS: typeof Sdk.DBOS;
  readonly DBOSExecutor: typeof Internal.DBOSExecutor;
  readonly DBOSWorkflowConflictError: typeof Sdk.DBOSWorkflowConflictError;
  readonly isWorkflowIDInUseError: typeof Sdk.Error.isWorkflowIDInUseError;
}

/** Name of the migration in our own books; a new DBOS that changes its schema gets a new one. */
export const schemaName = 'dbos 5.3.0';

/** Loads DBOS; not before something is to be run, because `--help` needs none of it. */
export async function loadDbos(): Promise<Dbos> {
  const [sdk, { DBOSExecutor }] = await Promise.all([import('@dbos-inc/dbos-sdk'), import('@dbos-inc/dbos-sdk/internal/dbos-executor')]);
  const { DBOS, DBOSWorkflowConflictError } = sdk;
  return { DBOS, DBOSExecutor, DBOSWorkflowConflictError, isWorkflowIDInUseError: sdk.Error.isWorkflowIDInUseError };
}

/**
 * Makes or updates the tables of DBOS. Not by `DBOS.migrate`, which prints to stdout. `pool` must have one connection:
 * a crash may undo migrations that are not yet on disk, and they are then done again, so nothing waits for the disk.
 */
export async function migrateDbos(pool: Pool, url: string, logger: Sdk.DLogger): Promise<void> {
  const [{ ensureSystemDatabase }, { GlobalLogger }] = await Promise.all([
    import('@dbos-inc/dbos-sdk/internal/system_database'),
    import('@dbos-inc/dbos-sdk/internal/telemetry/logs'),
  ]);
  await pool.query('set synchronous_commit = off');
  await ensureSystemDatabase(url, new GlobalLogger(undefined, { logger }), pool);
}
