import type { EventBody, StageOutcome, StageOutput } from '../evidence/event.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { GateChoice } from './line.ts';

/** Where a run is; folded from its events, and from nothing else. */
export interface RunState {
  /** What every stage has come to in its newest attempt; a stage that is to be done again is not in here. */
  readonly results: ReadonlyMap<string, StageResult>;
  /** The attempt a stage is at, from 1. */
  readonly attempts: ReadonlyMap<string, number>;
  /** Stages sent back so far, oldest first. */
  readonly reworks: readonly RunRework[];
  /** Stages whose result no longer counts or is no longer waited for. */
  readonly forgone: ReadonlySet<string>;
  /** Stages that wait for a person or for other runs, by id. */
  readonly waiting: ReadonlyMap<string, Wait>;
  /** Verdicts of the runs this one started, by run; one may end before its stage says that it was started. */
  readonly children: ReadonlyMap<string, Verdict>;
  /** Failed tries of the attempt under way, by stage. */
  readonly tries: ReadonlyMap<string, number>;
  /** What people said at gates, oldest first; stations get it. */
  readonly notes: readonly string[];
  readonly cancelled: boolean;
  readonly verdict: Verdict | null;
  readonly sealed: boolean;
  readonly delivered: boolean;
}

export interface StageResult {
  readonly stage: string;
  readonly attempt: number;
  readonly outcome: StageOutcome;
  readonly summary: string;
  readonly output: StageOutput;
}

export interface RunRework {
  readonly from: string;
  readonly to: string;
  /** What was objected to, for the station that tries again. */
  readonly objection: string;
}

export type Wait =
  | {
      readonly kind: 'gate';
      readonly attempt: number;
      readonly gate: string;
      readonly openedAt: string;
      readonly expiresAt: string;
      readonly answer: GateAnswer | null;
    }
  | { readonly kind: 'runs'; readonly attempt: number; readonly runs: readonly string[] };

/** What a gate got; `expired` is what nobody said in time. */
export interface GateAnswer {
  readonly choice: GateChoice | 'expired';
  readonly note: string;
  readonly by: string;
  readonly at: string;
}

export const initialState: RunState = {
  results: new Map(),
  attempts: new Map(),
  reworks: [],
  forgone: new Set(),
  waiting: new Map(),
  children: new Map(),
  tries: new Map(),
  notes: [],
  cancelled: false,
  verdict: null,
  sealed: false,
  delivered: false,
};

/**
 * Folds a run's events into its state. Pure: whoever reads the same ledger goes on from the same place.
 *
 * @example
 * fold(events.map(({ body }) => body)).results.get('baseline')?.outcome; // 'done'
 */
export function fold(events: readonly EventBody[]): RunState {
  return events.reduce(advance, initialState);
}

/** Advances a state by one event; events that say nothing of progress leave it as it is. */
export function advance(state: RunState, event: EventBody): RunState {
  switch (event.type) {
    case 'stage.retried':
      return isCurrent(state, event) ? withTry(state, event) : state;
    case 'stage.completed':
      return isCurrent(state, event) ? withResult(state, event) : state;
    case 'stage.forgone':
      return isOfAttempt(state, event)
        ? { ...withoutProgress(state, [event.stage]), forgone: new Set([...state.forgone, event.stage]) }
        : state;
    case 'rework.ordered':
      return sendBack(state, event);
    case 'gate.opened':
    case 'children.started':
    case 'gate.answered':
    case 'gate.expired':
      return isCurrent(state, event) ? withWait(state, event) : state;
    case 'child.ended':
      return withChild(state, event);
    case 'run.cancelled':
      return { ...state, cancelled: true };
    case 'verdict.decided':
      return { ...state, verdict: state.verdict ?? event.verdict };
    case 'evidence.sealed':
      return { ...state, sealed: true };
    case 'run.ended':
      return { ...state, delivered: true };
    default:
      return state;
  }
}

/** The attempt a stage is at. */
export function attemptOf(state: RunState, stage: string): number {
  return state.attempts.get(stage) ?? 1;
}

type Of<Type extends EventBody['type']> = Extract<EventBody, { type: Type }>;

type OfAttempt = { readonly stage: string; readonly attempt: number };

/** What comes of a stage that was sent back is of its next attempt; what an earlier one still says is too late. */
function isOfAttempt(state: RunState, { stage, attempt }: OfAttempt): boolean {
  return attempt === attemptOf(state, stage);
}

/** Of the attempt a stage is at, which has come to nothing yet. */
function isCurrent(state: RunState, of: OfAttempt): boolean {
  return isOfAttempt(state, of) && !state.results.has(of.stage) && !state.forgone.has(of.stage);
}

function withTry(state: RunState, { stage, tryNumber }: Of<'stage.retried'>): RunState {
  return { ...state, tries: set(state.tries, stage, Math.max(tryNumber, state.tries.get(stage) ?? 0)) };
}

function withResult(state: RunState, { stage, attempt, outcome, summary, output }: Of<'stage.completed'>): RunState {
  const told = withoutProgress(state, [stage]);
  return { ...told, results: set(told.results, stage, { stage, attempt, outcome, summary, output }) };
}

function sendBack(state: RunState, { from, to, objection, voids }: Of<'rework.ordered'>): RunState {
  // One that was ordered before speaks of attempts that are past.
  if (!voids.every((voided) => isOfAttempt(state, voided))) return state;
  const again = voids.map(({ stage }) => stage);
  const attempts = voids.map(({ stage, attempt }) => [stage, attempt + 1] as const);
  return {
    ...withoutProgress(state, again),
    reworks: [...state.reworks, { from, to, objection }],
    attempts: new Map([...state.attempts, ...attempts]),
    results: without(state.results, again),
    forgone: new Set([...state.forgone].filter((id) => !again.includes(id))),
  };
}

function withChild(state: RunState, { run, verdict }: Of<'child.ended'>): RunState {
  return state.children.has(run) ? state : { ...state, children: set(state.children, run, verdict) };
}

function withWait(state: RunState, event: Of<'gate.opened'> | Of<'children.started'> | Of<'gate.answered'> | Of<'gate.expired'>): RunState {
  const { stage, attempt } = event;
  const wait = state.waiting.get(stage);
  const waits = (next: Wait): RunState => ({ ...state, waiting: set(state.waiting, stage, next) });
  switch (event.type) {
    case 'gate.opened': {
      const { gate, openedAt, expiresAt } = event;
      return wait === undefined ? waits({ kind: 'gate', attempt, gate, openedAt, expiresAt, answer: null }) : state;
    }
    case 'children.started':
      return wait === undefined ? waits({ kind: 'runs', attempt, runs: event.runs }) : state;
    case 'gate.answered':
    case 'gate.expired': {
      if (wait?.kind !== 'gate' || wait.gate !== event.gate || wait.answer !== null) return state;
      const answer = answerOf(event);
      const notes = answer.note === '' ? state.notes : [...state.notes, answer.note];
      return { ...waits({ ...wait, answer }), notes };
    }
  }
}

function answerOf(event: Of<'gate.answered'> | Of<'gate.expired'>): GateAnswer {
  if (event.type === 'gate.expired') return { choice: 'expired', note: '', by: 'factory', at: event.at };
  const { choice, note, by, at } = event;
  return { choice, note, by, at };
}

function withoutProgress(state: RunState, stages: readonly string[]): RunState {
  return { ...state, waiting: without(state.waiting, stages), tries: without(state.tries, stages) };
}

function set<Value>(map: ReadonlyMap<string, Value>, key: string, value: Value): ReadonlyMap<string, Value> {
  return new Map([...map, [key, value]]);
}

function without<Value>(map: ReadonlyMap<string, Value>, keys: readonly string[]): ReadonlyMap<string, Value> {
  return new Map([...map].filter(([key]) => !keys.includes(key)));
}
