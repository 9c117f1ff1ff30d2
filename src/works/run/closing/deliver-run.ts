import { parseRunId } from '../../../core/base/ids.ts';
import type { Delivery } from '../../../core/evidence/event.ts';
import { find } from '../../../core/evidence/run-result.ts';
import type { Tx } from '../../../core/ports/tx.ts';
import type { Verdict } from '../../../core/verdict/verdict.ts';
import { deliver } from '../../delivery/index.ts';
import { advanceRun } from '../record/advance-run.ts';
import { append, newEvents } from '../record/append.ts';
import { breakLine } from './breaker.ts';
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
  await settle(job, closing, (tx) => conclude(job, { delivery, verdict }, tx));
}

interface Delivered {
  readonly delivery: Delivery;
  readonly verdict: Verdict;
}

async function conclude(job: Job, { delivery, verdict }: Delivered, tx: Tx): Promise<void> {
  const { engine, control } = job.needs;
  const { run, input, packet } = job;
  if (delivery.branch !== null) await control.awaitReview({ id: run, run, line: input.line.name, what: `${packet.intent} (${delivery.branch})` }, tx);
  await breakLine(job, tx);
  await engine.end(run, { verdict }, tx);
  await tellParent(job, verdict, tx);
}

/** In the same transaction, so that a run that ended is known to have ended by the one that waits for it. */
async function tellParent({ run, input, needs }: Job, verdict: Verdict, tx: Tx): Promise<void> {
  if (input.parent === null) return;
  const { run: parent, stage, attempt } = input.parent;
  const waiting = await needs.engine.work(parent);
  if (waiting === null || waiting.kind !== 'run') return;
  const body = { type: 'child.ended', stage, attempt, run, verdict } as const;
  await needs.ledger.append(parseRunId(parent), newEvents([[`child/${run}/ended`, body]], needs.clock.now()), tx);
  if (waiting.state === 'open') await advanceRun(RunInput.parse(waiting.input), needs, tx);
}
