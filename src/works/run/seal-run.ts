import type { Json } from '../../core/base/json.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import { derive, sealOf } from '../../core/evidence/seal.ts';
import { append, asStepResult } from './append.ts';
import type { Job } from './job.ts';

/** Derives the bundle from the ledger and binds its digest, and the report's, into the chain. */
export async function sealRun(job: Job): Promise<EventBody & Json> {
  const derived = derive(job.run, await job.needs.ledger.read(job.run));
  const body: EventBody = { type: 'evidence.sealed', ...sealOf(derived, job.needs.sha256) };
  await append(job, [['evidence/sealed', body]]);
  return asStepResult(body);
}
