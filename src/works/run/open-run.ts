import { canonicalJson, type Json } from '../../core/base/json.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import { append, asStepResult } from './append.ts';
import type { Job } from './job.ts';

/** Opens the run's chain: what entered, under which line, and the packet every station gets unchanged. */
export async function openRun(job: Job): Promise<EventBody & Json> {
  const { seed, line, lineDigest, attempt } = job.input;
  const started: EventBody = {
    type: 'run.started',
    seed,
    line: { name: line.name, digest: lineDigest },
    attempt,
    version: job.needs.version,
  };
  const digest = job.needs.sha256(canonicalJson(job.packet));
  await append(job, [
    ['run/started', started],
    ['packet/sealed', { type: 'packet.sealed', packet: job.packet, digest }],
  ]);
  return asStepResult(started);
}
