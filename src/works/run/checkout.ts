import { parseDuration } from '../../core/line/duration.ts';
import type { Stage } from '../../core/line/line.ts';
import { stopReason } from '../../core/ports/abort.ts';
import type { Workspace } from '../../core/ports/floor.ts';
import type { Job } from './job.ts';

/** Opens a clean workspace with the base commit in it, gives it to `use`, and ends it whatever happens. */
export async function withCheckout<T>(stage: Stage, job: Job, use: (workspace: Workspace) => Promise<T>): Promise<T> {
  // Named for this taking of the step: a process that lost it must not sweep away what its successor works in.
  const workspace = await job.needs.floor.open(`${job.run}-${stage.id}-${job.step.token.slice(0, 8)}`);
  return await using(workspace, { stage, job }, async () => {
    await job.needs.forge.checkout(job.packet.scope.repository, workspace.root);
    await workspace.handOver();
    return await use(stalling(workspace, stage));
  });
}

/** Every command in it is ended that says nothing for longer than the stage allows. */
function stalling(workspace: Workspace, { stall }: Stage): Workspace {
  if (stall === undefined) return workspace;
  const stallMs = parseDuration(stall);
  return { ...workspace, spawn: (command) => workspace.spawn({ stallMs, ...command }) };
}

/**
 * Ends a workspace after its use. One in which a station was started may be gone on with by whoever has the step by now:
 * then it is that one's to end. Any other is of no use to anybody.
 */
export async function using<T>(
  workspace: Workspace,
  { stage, job }: { readonly stage: Stage; readonly job: Job },
  use: () => Promise<T>,
): Promise<T> {
  try {
    return await use();
  } finally {
    if (stage.does !== 'change' || stopReason(job.signal) !== 'lost') await workspace.destroy();
  }
}
