import { parseRunId } from '../../../core/base/ids.ts';
import type { Delivery } from '../../../core/evidence/event.ts';
import { find } from '../../../core/evidence/run-result.ts';
import type { RunRow } from '../../../core/ports/ledger.ts';
import type { Tx } from '../../../core/ports/tx.ts';
import type { Verdict } from '../../../core/verdict/verdict.ts';
import { deliver } from '../../delivery/index.ts';
import { advanceRun } from '../record/advance-run.ts';
import { append, newEvents } from '../record/append.ts';
import { breakLine, recentRuns } from './breaker.ts';
import type { Job } from '../job.ts';
import { RunInput } from '../run-input.ts';
import { settle } from '../record/settle.ts';

/** Brings the result to the target, each effect once, closes the run, and tells the run that waits for it. */
export async function deliverRun(job: Job): Promise<void> {
  const { ledger, forge, blobs, evidence } = job.needs;
  const events = await ledger.read(job.run);
  const delivery = await deliver(job.run, events, { forge, blobs, evidence, append: (keyed) => append(job, keyed) });
  const verdict = find(events, 'verdict.decided')?.verdict ?? 'ESCALATE';
  const closing = [
    ['delivered', { type: 'delivered', delivery }],
    ['run/ended', { type: 'run.ended', verdict }],
  ] as const;
  // A transaction has one connection: what is asked beside it is asked before.
  const asked = { delivery, verdict, recent: await recentRuns(job), parent: await parentOf(job) };
  await settle(job, closing, (tx) => conclude(job, asked, tx));
}

interface Delivered {
  readonly delivery: Delivery;
  readonly verdict: Verdict;
  readonly recent: readonly RunRow[];
  readonly parent: RunInput | null;
}

/** What the run was started with that waits for this one, or null. */
async function parentOf({ input, needs }: Job): Promise<RunInput | null> {
  const work = input.parent === null ? null : await needs.engine.work(input.parent.run);
  return work === null ? null : RunInput.parse(work.input);
}

async function conclude(job: Job, { delivery, verdict, recent, parent }: Delivered, tx: Tx): Promise<void> {
  const { engine, control } = job.needs;
  const { run, input, packet } = job;
  const what = `${packet.intent} (${delivery.branch ?? ''})`;
  if (delivery.branch !== null) await control.awaitReview({ id: run, run, line: input.line.name, what }, tx);
  await breakLine(job, recent, tx);
  await job.needs.models.endRun(run, tx);
  await engine.end(run, { verdict }, tx);
  if (parent !== null) await tellParent(job, { parent, verdict }, tx);
}

/** In the same transaction, so that a run that ended is known to have ended by the one that waits for it. */
async function tellParent({ run, input, needs }: Job, { parent, verdict }: { parent: RunInput; verdict: Verdict }, tx: Tx): Promise<void> {
  if (input.parent === null) return;
  const { stage, attempt } = input.parent;
  const body = { type: 'child.ended', stage, attempt, run, verdict } as const;
  await needs.ledger.append(parseRunId(parent.run), newEvents([[`child/${run}/ended`, body]], needs.clock.now()), tx);
  await advanceRun(parent, needs, tx);
}
