import { expect, it } from 'vitest';
import { sampleLine } from '../../../kit/evidence/index.ts';
import type { EventBody, StageOutcome } from '../evidence/event.ts';
import { advance, initialState, next } from './next.ts';

const completed = (stage: string, outcome: StageOutcome): EventBody => ({
  type: 'stage.completed',
  stage,
  attempt: 1,
  outcome,
  summary: '',
  durationMs: 1,
  output: {},
});
const decided: EventBody = {
  type: 'verdict.decided',
  verdict: 'NO_OP',
  reason: { code: 'c', message: 'm' },
  metric: { name: 'jidoka_runs_total', labels: { line: 'deps', verdict: 'NO_OP', reason: 'c' } },
};
const sealed: EventBody = { type: 'evidence.sealed', bundle: '', report: '', ledgerHead: '' };
const ended: EventBody = { type: 'run.ended', verdict: 'NO_OP' };

function kindsAfter(events: readonly EventBody[]): string {
  const command = next(sampleLine, events.reduce(advance, initialState));
  return command.kind === 'stage' ? command.stage.id : command.kind;
}

it.each<[string, EventBody[], string]>([
  ['nothing', [], 'baseline'],
  ['a done stage', [completed('baseline', 'done')], 'change'],
  ['the last stage', [completed('baseline', 'done'), completed('change', 'done')], 'decide'],
  ['a stage that settled the run', [completed('baseline', 'settled')], 'decide'],
  ['a stage that failed', [completed('baseline', 'failed')], 'decide'],
  ['the verdict', [completed('baseline', 'settled'), decided], 'seal'],
  ['the seal', [completed('baseline', 'settled'), decided, sealed], 'deliver'],
  ['the delivery', [completed('baseline', 'settled'), decided, sealed, ended], 'end'],
])('after %s comes the right command', (_, events, command) => {
  expect(kindsAfter(events)).toBe(command);
});
