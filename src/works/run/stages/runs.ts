import type { Stage } from '../../../core/line/line.ts';
import { attemptOf } from '../../../core/line/state.ts';
import { childrenOf } from '../children.ts';
import type { Job, StageWork } from '../job.ts';
import { submitRun } from '../submit-run.ts';

/** So many runs are registered in one transaction: a long one would keep others from their turn. */
const batchSize = 20;

/**
 * Starts a run of another line for each item, and waits for them. The runs are registered before the record says
 * so; a process that dies in between registers none of them twice, for their ids are given by what they are about.
 */
export async function runs(stage: Stage, job: Job): Promise<StageWork> {
  const { engine, sha256 } = job.needs;
  const attempt = attemptOf(job.state, stage.id);
  const children = childrenOf({ stage, attempt }, job.input, sha256);
  for (let at = 0; at < children.length; at += batchSize) {
    job.signal.throwIfAborted();
    await engine.transaction(async (tx) => {
      await engine.hold(job.step, tx);
      for (const child of children.slice(at, at + batchSize)) await submitRun(child, job.needs, tx);
    });
  }
  const started = { type: 'children.started', stage: stage.id, attempt, runs: children.map(({ run }) => run) } as const;
  return { kind: 'waits', summary: `Waits for ${children.length} runs.`, events: [started] };
}
