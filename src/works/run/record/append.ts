import type { EventBody, LedgerEvent, NewEvent } from '../../../core/evidence/event.ts';
import type { Job } from '../job.ts';

/** An event body under the key that makes appending it twice harmless. */
export type Keyed = readonly [key: string, body: EventBody];

/** Stands for the stage of facts that are about the run as a whole: no stage is called so, and so no rework voids them. */
export const wholeRun = '(run)';

/** Appends events while the step is still this process's; throws `fenced` where it is not. */
export async function append(job: Job, events: readonly Keyed[]): Promise<readonly LedgerEvent[]> {
  const { engine, ledger, clock } = job.needs;
  return await engine.transaction(async (tx) => {
    await engine.hold(job.step, tx);
    return await ledger.append(job.run, newEvents(events, clock.now()), tx);
  });
}

/** Gives events their time and author. */
export function newEvents(events: readonly Keyed[], at: string, actor = 'factory'): readonly NewEvent[] {
  return events.map(([key, body]) => ({ key, at, actor, body }));
}
