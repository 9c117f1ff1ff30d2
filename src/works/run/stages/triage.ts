import type { EventBody } from '../../../core/evidence/event.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { Job, StageWork } from '../job.ts';
import { frameOf } from './flakiness/frame.ts';
import { judge } from './flakiness/judge.ts';
import { proposeQuarantine } from './flakiness/quarantine.ts';

/** Says of what was counted which tests are flaky and by what, and how they could be skipped; the last word is a person's. */
export async function triage(stage: Stage, job: Job): Promise<StageWork> {
  const frame = await frameOf(job);
  const { facts: found, flaky } = judge(frame);
  const proposed = flaky.length === 0 ? null : await proposeQuarantine(stage, job, frame, flaky);
  if (proposed?.kind === 'failed') return proposed;
  const facts = proposed === null ? found : [...found, proposed.fact];
  const events = facts.map((one): EventBody => ({ type: 'fact.found', stage: stage.id, fact: one }));
  return { kind: 'ended', outcome: 'settled', summary: found[0]?.summary ?? '', events, output: {} };
}
