import type { Verdict } from '../verdict/verdict.ts';
import { followers, lastStages, needed, predecessors, withDescendants } from './graph.ts';
import type { Line, Stage } from './line.ts';
import { attemptOf, type RunRework, type RunState, type StageResult, type Wait } from './state.ts';

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
  const record = afterAdverse(line, state) ?? concluded(line, state) ?? outrun(line, state);
  if (record !== null) return [record];
  const owed = line.stages.filter((stage) => isOwed(line, state, stage));
  if (lastStages(line).every(({ id }) => isPast(state, id)) || owed.length === 0) return [{ kind: 'decide' }];
  return owed.map((stage) => commandFor(stage, state));
}

/** What follows from a stage that did not come out well: back to an earlier one, on without it, or the decision. */
function afterAdverse(line: Line, state: RunState): Command | null {
  const adverse = [...state.results.values()].filter(({ stage, outcome }) => outcome !== 'done' && !state.forgone.has(stage));
  const first = adverse.find(({ outcome }) => outcome === 'settled') ?? adverse[0];
  if (first === undefined) return null;
  if (first.outcome === 'settled') return { kind: 'decide' };
  const rework = first.outcome === 'objected' ? reworkOf(line, state, first) : null;
  if (rework !== null) return { kind: 'rework', rework, voids: voidsOf(line, state, rework.to) };
  if (!isDispensable(line, state, first.stage)) return { kind: 'decide' };
  return { kind: 'forgo', stage: first.stage, attempt: first.attempt, why: `${first.summary} The stages after it can do without.` };
}

/** Sent back while the limit allows it, and not twice in a row for one and the same objection: that gets nowhere. */
function reworkOf(line: Line, { reworks }: RunState, { stage, summary }: StageResult): RunRework | null {
  const onFail = line.stages.find(({ id }) => id === stage)?.onFail;
  if (onFail === undefined) return null;
  const earlier = reworks.filter(({ from }) => from === stage);
  const repeats = earlier.at(-1)?.objection === summary;
  return earlier.length < onFail.atMost && !repeats ? { from: stage, to: onFail.stage, objection: summary } : null;
}

function voidsOf(line: Line, state: RunState, target: string): readonly { readonly stage: string; readonly attempt: number }[] {
  return [...withDescendants(line, target)].map((stage) => ({ stage, attempt: attemptOf(state, stage) }));
}

/** True where every stage after this one has a join that can still hold without it. */
function isDispensable(line: Line, state: RunState, id: string): boolean {
  const after = followers(line, id);
  return after.length > 0 && after.every((stage) => canHold(line, state, stage, id));
}

function canHold(line: Line, state: RunState, stage: Stage, without: string): boolean {
  const before = predecessors(line, stage);
  const possible = before.filter((id) => id !== without && !state.forgone.has(id) && isHopeful(state, id));
  return possible.length >= needed(stage.join, before.length);
}

function isHopeful({ results }: RunState, id: string): boolean {
  const result = results.get(id);
  return result === undefined || result.outcome === 'done';
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

/** A branch that a join no longer needs is not waited for. */
function outrun(line: Line, state: RunState): Command | null {
  for (const stage of line.stages) {
    if (stage.join === undefined || stage.join === 'all' || !isJoined(line, state, stage)) continue;
    const late = predecessors(line, stage).find((id) => !isPast(state, id) && followers(line, id).length === 1);
    if (late !== undefined) {
      const why = `"${stage.id}" goes on without it: enough of the stages before it are done.`;
      return { kind: 'forgo', stage: late, attempt: attemptOf(state, late), why };
    }
  }
  return null;
}

function isJoined(line: Line, state: RunState, stage: Stage): boolean {
  const before = predecessors(line, stage);
  const done = before.filter((id) => state.results.get(id)?.outcome === 'done' && !state.forgone.has(id));
  return done.length >= needed(stage.join, before.length);
}

function isOwed(line: Line, state: RunState, stage: Stage): boolean {
  return !isPast(state, stage.id) && isJoined(line, state, stage) && isStillWanted(line, state, stage);
}

/** A stage is not begun where all that comes after it has been forgone or done. */
function isStillWanted(line: Line, state: RunState, { id }: Stage): boolean {
  const after = followers(line, id);
  return after.length === 0 || after.some((stage) => !isPast(state, stage.id));
}

function isPast({ results, forgone }: RunState, id: string): boolean {
  return results.has(id) || forgone.has(id);
}

function commandFor(stage: Stage, state: RunState): Command {
  const wait = state.waiting.get(stage.id);
  if (wait !== undefined) return { kind: 'wait', stage, attempt: wait.attempt, wait };
  return { kind: 'stage', stage, attempt: attemptOf(state, stage.id) };
}
