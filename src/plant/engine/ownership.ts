import type { Pool } from 'pg';

/** A workflow as the engine's own table has it. */
export interface WorkflowRecord {
  /** PENDING while it is under way. */
  readonly status: string;
  readonly executor: string;
  /** Changes hands with every takeover; null while nobody may write. */
  readonly token: string | null;
}

/** Executor of a workflow that its process gave back. */
export const nobody = 'released';

/** Looks a workflow up; null where there is none. Not by DBOS, which would ask a lost database for ever. */
export async function recordOf(pool: Pool, id: string): Promise<WorkflowRecord | null> {
  const { rows } = await pool.query<WorkflowRecord>(
    `select status, coalesce(executor_id, $2) as executor, owner_xid as token from dbos.workflow_status where workflow_uuid = $1`,
    [id, nobody],
  );
  return rows[0] ?? null;
}

/** True while the workflow is `executor`'s to work on. */
export async function owns(pool: Pool, id: string, executor: string): Promise<boolean> {
  const record = await recordOf(pool, id);
  return record?.status === 'PENDING' && record.executor === executor;
}

/**
 * Passes one workflow from its owner to `heir` with a new token, so that whatever the old owner still writes is
 * refused. False where another was quicker. The same columns that the dequeue of DBOS writes.
 */
export async function takeOver(
  pool: Pool,
  id: string,
  from: WorkflowRecord,
  heir: { readonly executor: string; readonly token: string },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update dbos.workflow_status
        set executor_id = $2, owner_xid = $3, recovery_attempts = recovery_attempts + 1,
            started_at_epoch_ms = (extract(epoch from now()) * 1000)::bigint, updated_at = (extract(epoch from now()) * 1000)::bigint
      where workflow_uuid = $1 and status = 'PENDING' and coalesce(executor_id, $6) = $4 and owner_xid is not distinct from $5`,
    [id, heir.executor, heir.token, from.executor, from.token, nobody],
  );
  return rowCount === 1;
}

/** Gives a workflow back, so that any process may take it up. */
export async function release(pool: Pool, id: string, executor: string): Promise<void> {
  await pool.query(
    `update dbos.workflow_status set executor_id = $3, owner_xid = null where workflow_uuid = $1 and status = 'PENDING' and executor_id = $2`,
    [id, executor, nobody],
  );
}
