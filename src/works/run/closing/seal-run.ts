import { derive, sealOf } from '../../../core/evidence/seal.ts';
import type { Job } from '../job.ts';
import { settle } from '../record/settle.ts';

/** Derives the bundle from the ledger and binds its digest, and the report's, into the chain. */
export async function sealRun(job: Job): Promise<void> {
  const derived = derive(job.run, await job.needs.ledger.read(job.run));
  await settle(job, [['evidence/sealed', { type: 'evidence.sealed', ...sealOf(derived, job.needs.sha256) }]]);
}
