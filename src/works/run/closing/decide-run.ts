import type { EventBody, LedgerEvent } from '../../../core/evidence/event.ts';
import { fact, type Fact } from '../../../core/evidence/fact.ts';
import { find } from '../../../core/evidence/run-result.ts';
import { standing, standingFacts } from '../../../core/evidence/standing.ts';
import { isByStation } from '../../../core/line/stations.ts';
import { blocking, decide } from '../../../core/verdict/decide.ts';
import { verdictMetric } from '../../../core/verdict/verdict.ts';
import { wholeRun, type Keyed } from '../record/append.ts';
import type { Job } from '../job.ts';
import { settle } from '../record/settle.ts';

/** Decides from the facts in the ledger that still count, and from nothing else. */
export async function decideRun(job: Job): Promise<void> {
  const events = await job.needs.ledger.read(job.run);
  const found = standingFacts(events);
  const idle = job.input.seed.kind === 'branch' ? nothingToObject(job, found) : nothingToChange(job);
  const facts = [...found, ...idle.map(({ fact: own }) => own)];
  const change = find(standing(events), 'change.harvested');
  const { verdict, reason } = decide(job.packet, {
    facts,
    change: change === undefined || change.files.length === 0 ? 'absent' : 'present',
  });
  const metric = verdictMetric(job.packet.source.line, verdict, reason.code);
  const decided: Keyed = ['verdict/decided', { type: 'verdict.decided', verdict, reason, metric }];
  await settle(job, [...(await countedIn(job, events)), ...idle.map((body): Keyed => ['verdict/idle', body]), decided]);
}

/** What models came to; of a run in which no station was begun that is nothing, and the gateway is not waited for. */
async function countedIn({ run, needs, input: { line } }: Job, events: readonly LedgerEvent[]): Promise<readonly Keyed[]> {
  const byStation = new Set(line.stages.filter(isByStation).map(({ id }) => id));
  if (!events.some(({ body }) => body.type === 'stage.started' && byStation.has(body.stage))) return [];
  const counts = (await needs.models.count(run)) ?? [];
  return counts.length === 0 ? [] : [['models/counted', { type: 'models.counted', counts }]];
}

/** A branch that every stage looked at and that nothing stands against is owed nothing; what each check came to is the proof. */
function nothingToObject({ packet, input: { line }, state }: Job, facts: readonly Fact[]): readonly Found[] {
  const complete = line.stages.every(({ id }) => state.results.get(id)?.outcome === 'done');
  if (state.cancelled || !complete || blocking(packet, facts).length > 0) return [];
  const made = facts.filter(({ outcome }) => outcome === 'holds').length;
  const summary = `Nothing stands against it: ${made} of ${facts.length} checks hold, and none that decides is broken.`;
  const proof = facts.map(({ check, outcome, summary: what }) => `${check} (${outcome}): ${what}`);
  const rule = 'nothing-to-object';
  return [{ type: 'fact.found', stage: wholeRun, fact: fact('no-op', 'holds', rule, summary, { rule, proof }) }];
}

type Found = Extract<EventBody, { type: 'fact.found' }>;

/** A line that changes nothing owes nothing once all its stages hold; what they came to is the proof. */
function nothingToChange({ input: { line }, state }: Job): readonly Found[] {
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
