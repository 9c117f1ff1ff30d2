import type { RunNeeds } from './needs.ts';
import { cancelWithin, type Cancellation } from './record/advance-run.ts';
import { RunInput } from './run-input.ts';

/**
 * Stops a run and every run it started: whoever does a step of it is told at once, and it ends in ESCALATE with what
 * was found so far, also where the factory itself had failed on it. Returns whether there was anything to stop.
 */
export async function cancelRun(run: string, order: Cancellation, needs: RunNeeds): Promise<boolean> {
  const work = await needs.engine.work(run);
  if (work === null || work.kind !== 'run' || work.state === 'ended') return false;
  const input = RunInput.parse(work.input);
  const isNew = await needs.engine.transaction((tx) => cancelWithin(input, order, needs, tx));
  // What failed goes on, to its end.
  await needs.control.retry(run);
  return isNew;
}
