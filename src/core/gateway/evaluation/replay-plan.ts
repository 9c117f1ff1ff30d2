import type { Validator } from '../routing/plan-odds.ts';
import type { OutcomeRecord } from './outcome-record.ts';
import type { Task } from './read-outcomes.ts';

/** What a plan comes to at a task: expected shares, and US dollars. */
export interface Result {
  readonly right: number;
  readonly wrong: number;
  readonly usd: number;
}

/** What holds where a record does not say it. */
export interface Assumed {
  readonly validator: Validator;
  /** US dollars of one validation. */
  readonly validation: number;
}

/**
 * What a chain of models comes to at a task, from the attempts that were really made there. Of several trials of a model each is
 * as likely, so luck is averaged out and not picked. A model that was never tried there has no part in it.
 */
export function replayPlan(plan: readonly string[], { attempts }: Task, assumed: Assumed): Result {
  const result = { right: 0, wrong: 0, usd: 0 };
  let reached = 1;
  for (const model of plan) {
    const trials = attempts.get(model) ?? [];
    if (trials.length === 0) continue;
    const share = reached / trials.length;
    for (const trial of trials) {
      const passes = chanceToPass(trial, assumed.validator);
      result.right += trial.right ? share * passes : 0;
      result.wrong += trial.right ? 0 : share * passes;
      result.usd += share * (trial.usd + assumed.validation);
      reached -= share * passes;
    }
  }
  return result;
}

function chanceToPass({ right, passed }: OutcomeRecord, { sensitivity, falsePass }: Validator): number {
  if (passed !== undefined) return passed ? 1 : 0;
  return right ? sensitivity : falsePass;
}

/** The mean over tasks, or over those at some positions, each as often as it is named. */
export function meanOf(results: readonly Result[], positions: readonly number[] | null = null): Result {
  const count = positions?.length ?? results.length;
  let [right, wrong, usd] = [0, 0, 0];
  for (let at = 0; at < count; at += 1) {
    const result = results[positions === null ? at : (positions[at] ?? 0)];
    right += result?.right ?? 0;
    wrong += result?.wrong ?? 0;
    usd += result?.usd ?? 0;
  }
  const divisor = Math.max(1, count);
  return { right: right / divisor, wrong: wrong / divisor, usd: usd / divisor };
}
