import type { Json } from '../../core/base/json.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import { find } from '../../core/evidence/run-result.ts';
import { deliver } from '../delivery/index.ts';
import { append, asStepResult } from './append.ts';
import type { Job } from './job.ts';

/** Brings the result to the target, each effect once, and closes the run. */
export async function deliverRun(job: Job): Promise<EventBody & Json> {
  const events = await job.needs.ledger.read(job.run);
  const ended = find(events, 'run.ended');
  if (ended !== undefined) return asStepResult(ended);
  const delivery = await deliver(job.run, events, job.needs);
  const verdict = find(events, 'verdict.decided')?.verdict ?? 'ESCALATE';
  const body: EventBody = { type: 'run.ended', verdict };
  await append(job, [
    ['delivered', { type: 'delivered', delivery }],
    ['run/ended', body],
  ]);
  return asStepResult(body);
}
