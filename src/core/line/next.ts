import type { EventBody, StageOutcome, StageOutput } from '../evidence/event.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Line, Stage } from './line.ts';

/** Where a run is; folded from what its steps returned. */
export interface RunState {
  readonly stages: readonly StageResult[];
  readonly verdict: Verdict | null;
  readonly sealed: boolean;
  readonly delivered: boolean;
}

export interface StageResult {
  readonly stage: string;
  readonly attempt: number;
  readonly outcome: StageOutcome;
  readonly output: StageOutput;
}

export type Command =
  | { readonly kind: 'stage'; readonly stage: Stage; readonly attempt: number }
  | { readonly kind: 'decide' }
  | { readonly kind: 'seal' }
  | { readonly kind: 'deliver' }
  | { readonly kind: 'end'; readonly verdict: Verdict };

export const initialState: RunState = { stages: [], verdict: null, sealed: false, delivered: false };

/**
 * The only state machine: what a run of this line does next. Pure, so that a run goes on from wherever it was cut.
 *
 * @example
 * next(line, initialState); // { kind: 'stage', stage: line.stages[0], attempt: 1 }
 */
export function next(line: Line, state: RunState): Command {
  const done = state.stages.at(-1);
  const settled = done !== undefined && done.outcome !== 'done';
  const stage = line.stages[state.stages.length];
  if (!settled && stage !== undefined) return { kind: 'stage', stage, attempt: 1 };
  if (state.verdict === null) return { kind: 'decide' };
  if (!state.sealed) return { kind: 'seal' };
  if (!state.delivered) return { kind: 'deliver' };
  return { kind: 'end', verdict: state.verdict };
}

/** Advances a state by one event that a step appended; events that say nothing of progress leave it as it is. */
export function advance(state: RunState, event: EventBody): RunState {
  switch (event.type) {
    case 'stage.completed': {
      const { stage, attempt, outcome, output } = event;
      return { ...state, stages: [...state.stages, { stage, attempt, outcome, output }] };
    }
    case 'verdict.decided':
      return { ...state, verdict: event.verdict };
    case 'evidence.sealed':
      return { ...state, sealed: true };
    case 'run.ended':
      return { ...state, delivered: true };
    default:
      return state;
  }
}
