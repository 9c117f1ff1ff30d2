import type { Verdict } from '../verdict/verdict.ts';
import { needed, withDescendants } from './graph.ts';
import type { Line, Stage } from './line.ts';
import { canStillEnd, isJoined, isPast, unwanted } from './reach.ts';
import { hasHadItsRounds, stationsOf } from './stations.ts';
import { advance, attemptOf, type RunRework, type RunState, type StageResult, type Wait } from './state.ts';

/** What a run does next. Work of several branches may be owed at once; the other commands stand alone. */
export type Command =
  /** Do a stage; for a gate or for runs of its own: begin to wait. */
  | { readonly kind: 'stage'; readonly stage: Stage; readonly attempt: number }
  /** Nothing to do until a person answers, a child run ends, or a gate expires. */
  | { readonly kind: 'wait'; readonly stage: Stage; readonly attempt: number; readonly wait: Wait }
  /** What was waited for is there: record what it comes to. */
  | { readonly kind: 'conclude'; readonly stage: Stage; readonly attempt: number; readonly wait: Wait }
  /** Record that earlier stages are done again. */
  | { readonly kind: 'rework'; readonly rework: RunRework; readonly voids: readonly { readonly stage: string; readonly attempt: number }[] }
  /** Record that the run goes on without this stage. */
  | { readonly kind: 'forgo'; readonly stage: string; readonly attempt: number; readonly why: string }
  | { readonly kind: 'decide' }
  | { readonly kind: 'seal' }
  | { readonly kind: 'deliver' }
  | { readonly kind: 'end'; readonly verdict: Verdict };

/**
 * The only state machine: what a run of this line does next. Pure, so that a run goes on from wherever it was cut.
 *
 * @example
 * next(line, initialState); // [{ kind: 'stage', stage: line.stages[0], attempt: 1 }]
 */
export function next(line: Line, state: RunState): readonly Command[] {
  if (state.verdict === null) return working(line, state);
  if (!state.sealed) return [{ kind: 'seal' }];
  if (!state.delivered) return [{ kind: 'deliver' }];
  return [{ kind: 'end', verdict: state.verdict }];
}

function working(line: Line, state: RunState): readonly Command[] {
  if (state.cancelled) return [{ kind: 'decide' }];
  const record = afterAdverse(line, state) ?? outrun(line, state) ?? concluded(line, state);
  if (record !== null) return [record];
  const owed = line.stages.filter((stage) => !isPast(state, stage.id) && isJoined(line, state, stage));
  return owed.length === 0 ? [{ kind: 'decide' }] : owed.map((stage) => commandFor(stage, state));
}

/** What follows from stages that did not come out well: back to an earlier one, on without them, or the decision. */
function afterAdverse(line: Line, state: RunState): Command | null {
  const adverse = [...state.results.values()].filter(({ stage, outcome }) => outcome !== 'done' && !state.forgone.has(stage));
  const [first] = adverse;
  if (first === undefined) return null;
  if (adverse.some(({ outcome }) => outcome === 'settled')) return { kind: 'decide' };
  const [rework] = adverse.flatMap((result) => reworkOf(line, state, result));
  if (rework !== undefined) return rework;
  if (!canStillEnd(line, state)) return { kind: 'decide' };
  return { kind: 'forgo', stage: first.stage, attempt: first.attempt, why: `${first.summary} The stages after it can do without.` };
}

/**
 * Sent back while the limit allows it and the line can still end, and not twice in a row for one and the same
 * objection: that gets nowhere, unless another station is to take it up.
 */
function reworkOf(line: Line, state: RunState, { stage, outcome, summary }: StageResult): Extract<Command, { kind: 'rework' }>[] {
  const onFail = line.stages.find(({ id }) => id === stage)?.onFail;
  if (onFail === undefined || outcome !== 'objected') return [];
  const earlier = state.reworks.filter(({ from }) => from === stage);
  if (earlier.length >= onFail.atMost) return [];
  if (earlier.at(-1)?.objection === summary && !changesHands(line, state, onFail.stage)) return [];
  const rework = { from: stage, to: onFail.stage, objection: summary };
  const voids = [...withDescendants(line, rework.to)].map((id) => ({ stage: id, attempt: attemptOf(state, id) }));
  const isOfUse = canStillEnd(line, advance(state, { type: 'rework.ordered', ...rework, voids }));
  return isOfUse ? [{ kind: 'rework', rework, voids }] : [];
}

/** Whether the next attempt of a stage begins with another station than the last one did. */
function changesHands({ stages }: Line, state: RunState, id: string): boolean {
  const stage = stages.find((one) => one.id === id);
  const shared = stage !== undefined && stationsOf(stage).length > 1;
  return shared && hasHadItsRounds(id, state, 1) && !hasHadItsRounds(id, state);
}

/** A branch that no join needs any more is not waited for. */
function outrun(line: Line, state: RunState): Command | null {
  const late = unwanted(line, state);
  if (late === undefined) return null;
  const why = 'The run goes on without it: enough of the stages beside it are done.';
  return { kind: 'forgo', stage: late.id, attempt: attemptOf(state, late.id), why };
}

/** A wait that is over. */
function concluded(line: Line, state: RunState): Command | null {
  for (const stage of line.stages) {
    const wait = state.waiting.get(stage.id);
    if (wait !== undefined && isOver(stage, wait, state)) return { kind: 'conclude', stage, attempt: wait.attempt, wait };
  }
  return null;
}

function isOver(stage: Stage, wait: Wait, { children }: RunState): boolean {
  return wait.kind === 'gate' ? wait.answer !== null : joinedRuns(stage, wait.runs, children) !== 'open';
}

/** Whether the runs of a stage that have ended already decide its join, one way or the other. */
export function joinedRuns(stage: Stage, runs: readonly string[], children: RunState['children']): 'holds' | 'broken' | 'open' {
  const verdicts = runs.flatMap((run) => children.get(run) ?? []);
  const good = verdicts.filter((verdict) => verdict === 'PR_READY' || verdict === 'NO_OP').length;
  const wanted = needed(stage.runs?.join, runs.length);
  if (good >= wanted) return 'holds';
  return runs.length - (verdicts.length - good) < wanted ? 'broken' : 'open';
}

function commandFor(stage: Stage, state: RunState): Command {
  const wait = state.waiting.get(stage.id);
  if (wait !== undefined) return { kind: 'wait', stage, attempt: wait.attempt, wait };
  return { kind: 'stage', stage, attempt: attemptOf(state, stage.id) };
}
