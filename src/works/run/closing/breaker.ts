import type { LedgerEvent } from '../../../core/evidence/event.ts';
import { find } from '../../../core/evidence/run-result.ts';
import { factoryChain } from '../../../core/ports/ledger.ts';
import type { Tx } from '../../../core/ports/tx.ts';
import { newEvents } from '../record/append.ts';
import type { Job } from '../job.ts';

/**
 * Pauses a line whose newest runs all end badly for one and the same reason: what is broken will not mend by trying,
 * and each try costs. Only a person lifts the pause.
 */
export async function breakLine(job: Job, tx: Tx): Promise<void> {
  const { input, needs } = job;
  const allowed = input.line.limits?.identicalFailures;
  const reason = badReason(await needs.ledger.read(job.run, tx));
  if (allowed === undefined || reason === null) return;
  const others = await earlierReasons(job, allowed - 1);
  if (others.length < allowed - 1 || others.some((other) => other !== reason)) return;
  const scope = `line:${input.line.name}`;
  const why = `${allowed} runs in a row ended with ${reason.split('\n')[0]}`;
  const at = needs.clock.now();
  const isNew = await needs.control.pause({ scope, why, by: 'factory', at }, tx);
  if (isNew) await needs.ledger.append(factoryChain, newEvents([[`paused/${job.run}`, { type: 'factory.paused', scope, why, by: 'factory' }]], at), tx);
}

/** Reasons of the line's newest runs that ended, without this one; null for one that ended well. */
async function earlierReasons({ run, input, needs }: Job, count: number): Promise<readonly (string | null)[]> {
  const reasons: (string | null)[] = [];
  for (const row of await needs.ledger.runs({ line: input.line.name, limit: count * 4 + 1 })) {
    if (row.run === run || reasons.length === count) continue;
    const events = await needs.ledger.read(row.run);
    if (find(events, 'run.ended') !== undefined) reasons.push(badReason(events));
  }
  return reasons;
}

/** What two failures must share to be the same; surroundings fail alike whatever the run was about. */
function badReason(events: readonly LedgerEvent[]): string | null {
  const decided = find(events, 'verdict.decided');
  if (decided?.verdict === 'RETRYABLE_FAILURE') return decided.reason.code;
  const isBad = decided?.verdict === 'ESCALATE' && decided.reason.code !== 'cancelled';
  return isBad ? `${decided.reason.code}\n${decided.reason.message}` : null;
}
