import { find } from '../../../core/evidence/run-result.ts';
import type { LedgerEvent } from '../../../core/evidence/event.ts';
import { factoryChain, type RunRow } from '../../../core/ports/ledger.ts';
import type { Tx } from '../../../core/ports/tx.ts';
import { newEvents } from '../record/append.ts';
import type { Job } from '../job.ts';

/** The newest runs of the line, for the breaker to look at; asked before the transaction in which this run ends. */
export async function recentRuns({ input: { line }, needs }: Job): Promise<readonly RunRow[]> {
  const allowed = line.limits?.identicalFailures;
  // Some of the newest are not at their end yet, and do not count.
  return allowed === undefined ? [] : await needs.ledger.runs({ line: line.name, limit: allowed * 4 + 1 });
}

/**
 * Pauses a line whose last runs all ended badly for one and the same reason: what is broken will not mend by trying,
 * and each try costs. Only a person lifts the pause; where nothing was mended, the next such end pauses it again.
 */
export async function breakLine(job: Job, recent: readonly RunRow[], tx: Tx): Promise<void> {
  const { input, needs } = job;
  const allowed = input.line.limits?.identicalFailures;
  if (allowed === undefined) return;
  const reason = badReason(await needs.ledger.read(job.run, tx));
  if (reason === null) return;
  // Of runs that end at once each waits here for the one before, and sees it.
  await needs.ledger.append(factoryChain, [], tx);
  if (!(await endedAlike(job, { reason, recent, wanted: allowed - 1 }, tx))) return;
  const scope = `line:${input.line.name}`;
  const why = `${allowed} runs in a row ended with ${reason.split('\n')[0]}`;
  const at = needs.clock.now();
  const isNew = await needs.control.pause({ scope, why, by: 'factory', at }, tx);
  const paused = { type: 'factory.paused', scope, why, by: 'factory' } as const;
  if (isNew) await needs.ledger.append(factoryChain, newEvents([[`paused/${job.run}`, paused]], at), tx);
}

interface Row {
  readonly reason: string;
  readonly recent: readonly RunRow[];
  readonly wanted: number;
}

/** Whether so many of the line's other runs ended for this reason, the last ones without one in between that did not. */
async function endedAlike({ run, needs }: Job, { reason, recent, wanted }: Row, tx: Tx): Promise<boolean> {
  let alike = 0;
  for (const row of recent.filter((other) => other.run !== run).sort((left, right) => (left.lastAt < right.lastAt ? 1 : -1))) {
    const events = await needs.ledger.read(row.run, tx);
    if (find(events, 'run.ended') === undefined) continue;
    if (badReason(events) !== reason) return false;
    alike += 1;
    if (alike === wanted) return true;
  }
  return false;
}

/** What two failures must share to be the same; surroundings fail alike whatever the run was about. */
function badReason(events: readonly LedgerEvent[]): string | null {
  const decided = find(events, 'verdict.decided');
  if (decided?.verdict === 'RETRYABLE_FAILURE') return decided.reason.code;
  const isBad = decided?.verdict === 'ESCALATE' && decided.reason.code !== 'cancelled';
  return isBad ? `${decided.reason.code}\n${decided.reason.message}` : null;
}
