import type { Json } from '../../core/base/json.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import { find } from '../../core/evidence/run-result.ts';
import { decide } from '../../core/verdict/decide.ts';
import { verdictMetric } from '../../core/verdict/verdict.ts';
import { append, asStepResult } from './append.ts';
import type { Job } from './job.ts';

/** Decides from the facts in the ledger, and from nothing else. */
export async function decideRun(job: Job): Promise<EventBody & Json> {
  const events = await job.needs.ledger.read(job.run);
  const facts = events.flatMap(({ body }) => (body.type === 'fact.found' ? [body.fact] : []));
  const change = find(events, 'change.harvested');
  const { verdict, reason } = decide(job.packet, {
    facts,
    change: change === undefined || change.files.length === 0 ? 'absent' : 'present',
  });
  const metric = verdictMetric(job.packet.source.line, verdict, reason.code);
  const [stored] = await append(job, [['verdict/decided', { type: 'verdict.decided', verdict, reason, metric }]]);
  return asStepResult(stored?.body ?? { type: 'verdict.decided', verdict, reason, metric });
}
