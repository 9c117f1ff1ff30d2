import type { Pool } from 'pg';

/** Who works on a workflow, by the engine's own table. */
export interface Owner {
  readonly executor: string;
  /** Changes hands with every takeover; null while nobody may write. */
  readonly token: string | null;
}

/** Executor of a workflow that its process gave back. */
export const nobody = 'released';

/** The owner of a workflow that is under way, or null. */
export async function ownerOf(pool: Pool, id: string): Promise<Owner | null> {
  const { rows } = await pool.query<Owner>(
    `select executor_id as executor, owner_xid as token from dbos.workflow_status where workflow_uuid = $1 and status = 'PENDING'`,
    [id],
  );
  return rows[0] ?? null;
}

/** True while the workflow is `executor`'s. */
export async function owns(pool: Pool, id: string, executor: string): Promise<boolean> {
  return (await ownerOf(pool, id))?.executor === executor;
}

/**
 * Passes one workflow from an owner to `heir` with a new token, so that whatever the old owner still writes is
 * refused. False where another was quicker. The same columns that the dequeue of DBOS writes.
 */
export async function takeOver(pool: Pool, id: string, from: Owner, heir: { readonly executor: string; readonly token: string }): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update dbos.workflow_status
        set executor_id = $2, owner_xid = $3, recovery_attempts = recovery_attempts + 1,
            started_at_epoch_ms = (extract(epoch from now()) * 1000)::bigint, updated_at = (extract(epoch from now()) * 1000)::bigint
      where workflow_uuid = $1 and status = 'PENDING' and executor_id = $4 and owner_xid is not distinct from $5`,
    [id, heir.executor, heir.token, from.executor, from.token],
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
