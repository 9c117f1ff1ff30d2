import { judgementsOf, type Judgements } from '../../routing/learning/validator.ts';
import type { OutcomeRecord } from '../outcome-record.ts';
import type { Task } from '../read-outcomes.ts';
import type { Result } from '../replay-plan.ts';

/** A run as its factory logged it: the plan that was drawn for it, how likely that was, and what its attempts came to. */
export interface LoggedRun extends Pick<Task, 'task' | 'line' | 'repository' | 'difficulty'> {
  readonly plan: readonly string[];
  readonly propensity: number;
  /** For each model of the plan how likely a plan was that begins alike; null where only the whole is known. */
  readonly prefixes: readonly number[] | null;
  /** What was made by the models of the plan, in order, up to what validation let pass. */
  readonly steps: readonly LoggedStep[];
  readonly first: OutcomeRecord;
}

/** What something came to, with the share of it that validation let pass and no person judged: it is right or wrong, and nobody knows. */
export interface Told extends Result {
  readonly unjudged: number;
}

/** What an attempt came to. */
export interface LoggedStep extends Told {
  readonly record: OutcomeRecord;
  readonly isRefused: boolean;
}

export interface LoggedRuns {
  /** Runs in which chance had a part: they alone tell what other plans come to. */
  readonly runs: readonly LoggedRun[];
  readonly leftOut: {
    /** The plan was sure to be taken, so that nothing is known of any other. */
    readonly sure: number;
    /** No policy took the plan: a person chose it, or the run had none. */
    readonly unchosen: number;
    /** An attempt is missing, or nobody judged it. */
    readonly incomplete: number;
  };
  readonly judged: Judgements;
}

/** Whether a record of outcomes is a log of one plan a task, rather than of all models at each. */
export function isLog(tasks: readonly Task[]): boolean {
  return recordsIn(tasks).some(({ propensity }) => propensity !== undefined);
}

/** Takes the runs out of a log. */
export function loggedRunsOf(tasks: readonly Task[]): LoggedRuns {
  const judged = judgementsOf(recordsIn(tasks).map(judgementOf));
  const leftOut = { sure: 0, unchosen: 0, incomplete: 0 };
  const runs = tasks.flatMap((task) =>
    runsOf(task).flatMap((records): LoggedRun[] => {
      const run = runOf(task, records);
      if (typeof run !== 'string' && run.propensity < 1) return [run];
      leftOut[typeof run === 'string' ? run : 'sure'] += 1;
      return [];
    }),
  );
  return { runs, leftOut, judged };
}

function recordsIn(tasks: readonly Task[]): readonly OutcomeRecord[] {
  return tasks.flatMap(({ attempts }) => [...attempts.values()].flat());
}

/** What validation said of an attempt, and what is known of it beside that. */
export function judgementOf({ passed, right, by }: OutcomeRecord): { readonly passed: boolean | null; readonly judged: boolean | null } {
  return { passed: passed ?? null, judged: by === 'validation' ? null : right };
}

/** Attempts at a task by their run, each in the order of the plan. */
function runsOf({ task, attempts }: Task): readonly (readonly OutcomeRecord[])[] {
  const byRun = new Map<string, OutcomeRecord[]>();
  for (const record of [...attempts.values()].flat()) {
    const run = record.run ?? task;
    byRun.set(run, [...(byRun.get(run) ?? []), record]);
  }
  return [...byRun.values()].map((records) => records.toSorted((left, right) => (left.attempt ?? 1) - (right.attempt ?? 1)));
}

function runOf({ task, line, repository, difficulty }: Task, records: readonly OutcomeRecord[]): LoggedRun | 'unchosen' | 'incomplete' {
  const [first] = records;
  if (first?.plan === undefined || first.propensity === undefined) return 'unchosen';
  const { plan, propensity, prefixes } = first;
  const made = records.slice(0, plan.length);
  const isWhole = made.every((record, at) => (record.attempt ?? 1) === at + 1 && record.model === plan[at]);
  const unknown = made.some(({ passed, right }) => passed === undefined && right);
  if (!isWhole || unknown) return 'incomplete';
  const passedAt = made.findIndex(({ passed }) => passed === true);
  const steps = made.slice(0, passedAt === -1 ? made.length : passedAt + 1).map(stepOf);
  return {
    task,
    line,
    repository,
    difficulty,
    plan,
    propensity,
    prefixes: prefixes?.length === plan.length ? prefixes : null,
    steps,
    first,
  };
}

function stepOf(record: OutcomeRecord): LoggedStep {
  const { passed, right, by, usd } = record;
  const nothing = { record, right: 0, wrong: 0, unjudged: 0, usd, isRefused: passed !== true };
  if (passed !== true) return nothing;
  return by === 'validation' ? { ...nothing, unjudged: 1 } : { ...nothing, right: right ? 1 : 0, wrong: right ? 0 : 1 };
}
