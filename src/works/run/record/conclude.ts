import type { EventBody, StageOutcome, StageOutput } from '../../../core/evidence/event.ts';
import { fact, type Fact } from '../../../core/evidence/fact.ts';
import { needed } from '../../../core/line/graph.ts';
import type { Stage } from '../../../core/line/line.ts';
import { joinedRuns, type Command } from '../../../core/line/next.ts';
import type { GateAnswer, RunState, Wait } from '../../../core/line/state.ts';
import type { Keyed } from './append.ts';

type Conclude = Extract<Command, { kind: 'conclude' }>;

interface Conclusion {
  readonly outcome: StageOutcome;
  readonly fact: Fact;
  readonly durationMs: number;
}

/** What a stage that waited comes to, now that what it waited for is there. */
export function concluded({ stage, attempt, wait }: Conclude, state: RunState): readonly Keyed[] {
  const { outcome, fact: found, durationMs } = wait.kind === 'gate' ? atGate(stage, wait) : ofRuns(stage, wait, state);
  const events: readonly EventBody[] = [
    { type: 'fact.found', stage: stage.id, attempt, fact: found },
    { type: 'stage.completed', stage: stage.id, attempt, outcome, summary: found.summary, durationMs, output: outputFor(wait) },
  ];
  return events.map((body) => [`${stage.id}/${attempt}/${body.type === 'stage.completed' ? 'completed' : 'concluded'}`, body]);
}

/** An approval is there for the stages after it. */
function outputFor(wait: Wait): StageOutput {
  return wait.kind === 'gate' && wait.answer?.choice === 'approve' ? { approved: true } : {};
}

function atGate(stage: Stage, { gate, openedAt, answer }: Extract<Wait, { kind: 'gate' }>): Conclusion {
  const given: GateAnswer = answer ?? { choice: 'expired', note: '', by: 'factory', at: openedAt };
  const { choice, note, by, at } = given;
  const data = { gate, choice, by, note };
  const durationMs = Date.parse(at) - Date.parse(openedAt);
  const said = note === '' ? '.' : `: ${/[.!?]$/.test(note) ? note : `${note}.`}`;
  switch (choice) {
    case 'approve':
      return { outcome: 'done', durationMs, fact: fact('person', 'holds', 'gate-approved', `${by} approved "${stage.id}"${said}`, data) };
    case 'answer':
      return { outcome: 'done', durationMs, fact: fact('person', 'holds', 'gate-answered', `${by} answered "${stage.id}"${said}`, data) };
    case 'reject':
      return {
        outcome: 'objected',
        durationMs,
        fact: fact('person', 'broken', 'gate-rejected', `${by} rejected "${stage.id}"${said}`, data),
      };
    case 'expired':
      return {
        outcome: 'settled',
        durationMs,
        fact: fact('person', 'broken', 'gate-expired', `Nobody answered "${stage.id}" in time, so it counts as refused.`, data),
      };
  }
}

function ofRuns(stage: Stage, { runs }: Extract<Wait, { kind: 'runs' }>, { children }: RunState): Conclusion {
  const holds = joinedRuns(stage, runs, children) === 'holds';
  const ended = runs.map((run) => ({ run, verdict: children.get(run) ?? 'under way' }));
  const wanted = needed(stage.runs?.join, runs.length);
  const kinds = [...new Set(ended.map(({ verdict }) => verdict))];
  const tally = kinds.map((kind) => `${ended.filter(({ verdict }) => verdict === kind).length} ${kind}`).join(', ');
  const summary = `Of ${runs.length} runs ${wanted} had to end well: ${tally}.`;
  const data = { runs: ended, wanted };
  return {
    outcome: holds ? 'done' : 'objected',
    durationMs: 0,
    fact: holds ? fact('runs', 'holds', 'runs-ended-well', summary, data) : fact('runs', 'broken', 'runs-not-ready', summary, data),
  };
}
