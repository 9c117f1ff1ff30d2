import { planOdds, type Attempt, type PlanOdds, type Validator } from './plan-odds.ts';

/** What is at stake with a job of a line, in US dollars. */
export interface Stakes {
  /** A right result is worth so much. */
  readonly value: number;
  /** A wrong one that is delivered costs so much. */
  readonly loss: number;
  /** A person who has to do it costs so much. */
  readonly person: number;
  /** One validation costs so much. */
  readonly validation: number;
  /** Least chance of a right result. */
  readonly quality: number;
  /** Greatest chance of a wrong one. */
  readonly wrongCap: number;
}

export interface RatedPlan {
  readonly models: readonly string[];
  readonly odds: PlanOdds;
  /** What it is worth less what it costs, for a job. */
  readonly worth: number;
  /** What keeps it from being chosen, or null. */
  readonly lacks: 'quality' | 'too-many-wrong' | null;
}

export interface Choice {
  /** null where every plan would deliver too much that is wrong: a person decides. */
  readonly best: RatedPlan | null;
  /** All plans, the chosen one first, then by worth. */
  readonly plans: readonly RatedPlan[];
}

const mostAttempts = 3;
/** Chains are made of so many models at most. */
export const mostModels = 9;

/**
 * Rates every chain of up to three different models and takes the one that is worth most of those that are good enough.
 * Where none reaches the quality, the likeliest to be right is taken, and says what it lacks.
 *
 * @example
 * choosePlan(attempts, { validator: { sensitivity: 0.95, falsePass: 0.05 }, stakes }).best?.models; // ['cheap', 'strong', 'small']
 */
export function choosePlan(
  attempts: readonly Attempt[],
  { validator, stakes }: { readonly validator: Validator; readonly stakes: Stakes },
): Choice {
  const rate = (plan: readonly Attempt[]): RatedPlan => rated(plan, validator, stakes);
  const pool = attempts.length <= mostModels ? attempts : mostPromising(attempts, rate);
  return choiceOf(chains(pool).map(rate));
}

/** Takes of rated plans the one that is worth most of those that are good enough. */
export function choiceOf(all: readonly RatedPlan[]): Choice {
  const plans = all.toSorted((left, right) => right.worth - left.worth);
  const likeliest = plans.filter(({ lacks }) => lacks === 'quality').toSorted((left, right) => right.odds.right - left.odds.right);
  const best = plans.find(({ lacks }) => lacks === null) ?? likeliest[0] ?? null;
  return { best, plans: best === null ? plans : [best, ...plans.filter((plan) => plan !== best)] };
}

/** What a plan is worth, and what it lacks. */
export function rated(plan: readonly Attempt[], validator: Validator, stakes: Stakes): RatedPlan {
  return weighed({ models: plan.map(({ model }) => model), odds: planOdds(plan, validator) }, stakes);
}

/** A plan with what it comes to, whatever that is worth. */
export type PlayedPlan = Pick<RatedPlan, 'models' | 'odds'>;

/** What a plan that was played through is worth, and what it lacks. */
export function weighed({ models, odds }: PlayedPlan, stakes: Stakes): RatedPlan {
  const { value, loss, person, validation, quality, wrongCap } = stakes;
  const worth = value * odds.right - loss * odds.wrong - person * odds.none - odds.usd - validation * odds.attempts;
  const lacks = odds.wrong > wrongCap ? 'too-many-wrong' : odds.right < quality ? 'quality' : null;
  return { models, odds, worth, lacks };
}

/** Every order of up to three different ones. */
export function chains<T>(pool: readonly T[]): readonly (readonly T[])[] {
  const longer = (chain: readonly T[]): readonly (readonly T[])[] =>
    chain.length === mostAttempts
      ? [chain]
      : [...(chain.length === 0 ? [] : [chain]), ...pool.filter((one) => !chain.includes(one)).flatMap((one) => longer([...chain, one]))];
  return longer([]);
}

function mostPromising(attempts: readonly Attempt[], rate: (plan: readonly Attempt[]) => RatedPlan): readonly Attempt[] {
  return attempts
    .map((attempt) => ({ attempt, worth: rate([attempt]).worth }))
    .toSorted((left, right) => right.worth - left.worth)
    .slice(0, mostModels)
    .map(({ attempt }) => attempt);
}
