import type { Tx } from '../../../core/ports/tx.ts';
import { advanceRun } from './advance-run.ts';
import { newEvents, type Keyed } from './append.ts';
import type { Job } from '../job.ts';

/**
 * Ends a step: its events, what the run does next, and that the step is done, all or nothing. Throws `fenced` where
 * the step is another's by now.
 */
export async function settle(job: Job, events: readonly Keyed[], also?: (tx: Tx) => Promise<void>): Promise<void> {
  const { engine, ledger, clock } = job.needs;
  await engine.transaction(async (tx) => {
    await engine.finish(job.step, tx);
    await ledger.append(job.run, newEvents(events, clock.now()), tx);
    await also?.(tx);
    await advanceRun(job.input, job.needs, tx);
  });
}
