import { easeWeights } from './ease.ts';

/** How well the factory's own validation tells right from wrong. */
export interface Validator {
  /** Share of right results that pass. */
  readonly sensitivity: number;
  /** Share of wrong results that pass. */
  readonly falsePass: number;
}

/** One attempt of a plan. */
export interface Attempt {
  readonly model: string;
  /** By ease, from `chancesByEase`. */
  readonly chances: readonly number[];
  /** US dollars of one attempt, on average. */
  readonly usd: number;
}

/** What is to be expected of a plan: shares of jobs, and US dollars and attempts for a job. */
export interface PlanOdds {
  /** A right result is delivered. */
  readonly right: number;
  /** A wrong one is. */
  readonly wrong: number;
  /** Nothing passes, and a person gets it. */
  readonly none: number;
  readonly usd: number;
  readonly attempts: number;
}

/** Plays a chain of attempts through, the validator between them. */
export function planOdds(plan: readonly Attempt[], { sensitivity, falsePass }: Validator): PlanOdds {
  const odds = { right: 0, wrong: 0, none: 0, usd: 0, attempts: 0 };
  for (const [step, weight] of easeWeights.entries()) {
    let reached = weight;
    for (const { chances, usd } of plan) {
      const solves = chances[step] ?? 0;
      odds.right += reached * solves * sensitivity;
      odds.wrong += reached * (1 - solves) * falsePass;
      odds.usd += reached * usd;
      odds.attempts += reached;
      reached *= 1 - (solves * sensitivity + (1 - solves) * falsePass);
    }
    odds.none += reached;
  }
  return odds;
}
