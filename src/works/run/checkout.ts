import type { Workspace } from '../../core/ports/floor.ts';
import type { Job } from './job.ts';

/** Opens a clean workspace with the base commit in it, gives it to `use`, and ends it whatever happens. */
export async function withCheckout<T>(job: Job, purpose: string, use: (workspace: Workspace) => Promise<T>): Promise<T> {
  const workspace = await job.needs.floor.open(`${job.run}-${purpose}`);
  try {
    await job.needs.forge.checkout(job.packet.scope.repository, workspace.root);
    await workspace.handOver();
    return await use(workspace);
  } finally {
    await workspace.destroy();
  }
}
