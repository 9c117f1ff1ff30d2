import type { EventBody } from '../../../core/evidence/event.ts';
import { fact } from '../../../core/evidence/fact.ts';
import { find } from '../../../core/evidence/run-result.ts';
import { standing, standingFacts } from '../../../core/evidence/standing.ts';
import { decide } from '../../../core/verdict/decide.ts';
import { verdictMetric } from '../../../core/verdict/verdict.ts';
import { wholeRun, type Keyed } from '../record/append.ts';
import type { Job } from '../job.ts';
import { settle } from '../record/settle.ts';

/** Decides from the facts in the ledger that still count, and from nothing else. */
export async function decideRun(job: Job): Promise<void> {
  const events = await job.needs.ledger.read(job.run);
  const idle = nothingToChange(job);
  const facts = [...standingFacts(events), ...idle.map(({ fact: own }) => own)];
  const change = find(standing(events), 'change.harvested');
  const { verdict, reason } = decide(job.packet, {
    facts,
    change: change === undefined || change.files.length === 0 ? 'absent' : 'present',
  });
  const metric = verdictMetric(job.packet.source.line, verdict, reason.code);
  const decided: Keyed = ['verdict/decided', { type: 'verdict.decided', verdict, reason, metric }];
  await settle(job, [...idle.map((body): Keyed => ['verdict/idle', body]), decided]);
}

/** A line that changes nothing owes nothing once all its stages hold; what they came to is the proof. */
function nothingToChange({ input: { line }, state }: Job): readonly Extract<EventBody, { type: 'fact.found' }>[] {
  const results = [...state.results.values()];
  const complete = line.stages.every(({ id }) => state.results.get(id)?.outcome === 'done' || state.forgone.has(id));
  if (state.cancelled || !complete || line.stages.some(({ does }) => does === 'change')) return [];
  const proof = results.map(({ stage, summary }) => `${stage}: ${summary}`);
  const found = fact('no-op', 'holds', 'all-stages-hold', 'Every stage of a line without a change holds.', {
    rule: 'all-stages-hold',
    proof,
  });
  return [{ type: 'fact.found', stage: wholeRun, fact: found }];
}
