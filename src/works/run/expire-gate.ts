import type { Command } from '../../core/line/next.ts';
import type { Job } from './job.ts';
import { settle } from './record/settle.ts';

/** Closes a gate that nobody answered in time. An answer that came first stands: both have the same key. */
export async function expireGate({ stage, attempt, wait }: Extract<Command, { kind: 'wait' }>, job: Job): Promise<void> {
  if (wait.kind !== 'gate') return await settle(job, []);
  const at = job.needs.clock.now();
  await settle(job, [[gateClosedKey(stage.id, attempt), { type: 'gate.expired', stage: stage.id, attempt, gate: wait.gate, at }]]);
}

/** One key for every way a gate can be closed, so that it is closed once. */
export function gateClosedKey(stage: string, attempt: number): string {
  return `${stage}/${attempt}/closed`;
}
