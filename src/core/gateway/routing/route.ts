import { choosePlan, rated, type RatedPlan, type Stakes } from './choose-plan.ts';
import { difficultyOf, difficultyParts } from './difficulty.ts';
import { chancesByEase } from './ease.ts';
import { excludedBecause, type Needs, type Routable } from './eligible.ts';
import { explore, type Spending } from './explore.ts';
import { featuresOf, type Features, type JobSeen } from './features.ts';
import type { Offsets } from './offsets.ts';
import type { Attempt, Validator } from './plan-odds.ts';
import { chanceOf, type Chance, type Place } from './probability.ts';

/** All that a choice of plan is made from. */
export interface RouteQuestion {
  readonly job: JobSeen;
  readonly place: Place;
  readonly models: readonly (Routable & { readonly prior: number })[];
  readonly needs: Needs;
  readonly offsets: Offsets;
  readonly validator: Validator;
  readonly stakes: Stakes;
  readonly spending: Spending;
  /** Results of the line are looked at by a person, or change nothing. */
  readonly isLowRisk: boolean;
  /** What a person chose, or null: it wins, within what is known, and is not learned from. */
  readonly override: { readonly by: string; readonly models: readonly string[] } | null;
  /** Two draws from 0 to 1. */
  readonly chances: readonly [number, number];
}

/** The choice with everything that led to it, as it goes into the record; `jidoka route explain` shows it. */
export interface Route {
  /** null where no plan may be taken: a person decides. */
  readonly plan: readonly string[] | null;
  readonly because: 'worth' | 'explored' | 'override' | 'nothing-fits';
  readonly override: RouteQuestion['override'];
  readonly isLearnedFrom: boolean;
  /** How likely this plan was to be taken; null for an override, which no policy took. */
  readonly propensity: number | null;
  /** For each model of the plan how likely a plan was that begins alike; absent where no policy took it, and in older records. */
  readonly prefixes?: readonly number[];
  readonly features: Features;
  readonly difficulty: number;
  readonly difficultyParts: Readonly<Record<keyof Features, number>>;
  readonly chances: Readonly<Record<string, Chance>>;
  readonly excluded: readonly { readonly model: string; readonly why: string }[];
  readonly stakes: Stakes;
  readonly validator: Validator;
  /** The plan that was taken, with what is expected of it. */
  readonly taken: RatedPlan | null;
  /** What the others would have come to, the best first. */
  readonly others: readonly RatedPlan[];
}

const othersTold = 12;

/** Chooses a plan for a job and says why. Pure: the same question has the same answer. */
export function route(question: RouteQuestion): Route {
  const { job, models, needs, validator, stakes, override } = question;
  const features = featuresOf(job);
  const difficulty = difficultyOf(features);
  const judged = models.map((model) => ({ model, why: excludedBecause(model, needs), chance: chanceFor(question, model, difficulty) }));
  const attempts = judged.flatMap(({ model, why, chance }) => (why === null ? [attemptOf(model, chance)] : []));
  const choice = choosePlan(attempts, { validator, stakes });
  const outcome = override === null ? drawn(question, choice.best, choice.plans) : overridden(question, override, judged);
  return {
    ...outcome,
    plan: outcome.taken?.models ?? override?.models ?? null,
    override,
    isLearnedFrom: override === null && outcome.taken !== null,
    features,
    difficulty,
    difficultyParts: difficultyParts(features),
    chances: Object.fromEntries(judged.map(({ model, chance }) => [model.name, chance])),
    excluded: judged.flatMap(({ model, why }) => (why === null ? [] : [{ model: model.name, why }])),
    stakes,
    validator,
    others: choice.plans.filter(({ models: others }) => others.join() !== outcome.taken?.models.join()).slice(0, othersTold),
  };
}

function chanceFor(
  { place, offsets }: RouteQuestion,
  { name, prior }: { readonly name: string; readonly prior: number },
  difficulty: number,
): Chance {
  return chanceOf(prior, { model: name, place, offsets, difficulty });
}

function attemptOf({ name, usd }: Routable, { solves }: Chance): Attempt {
  return { model: name, chances: chancesByEase(solves), usd: usd ?? 0 };
}

type Outcome = Pick<Route, 'because' | 'propensity' | 'prefixes' | 'taken'>;

function drawn({ spending, isLowRisk, chances }: RouteQuestion, best: RatedPlan | null, others: readonly RatedPlan[]): Outcome {
  if (best === null) return { because: 'nothing-fits', propensity: null, taken: null };
  const { plan, propensity, prefixes, isExplored } = explore({ best, others, spending, isLowRisk, chances });
  return { because: isExplored ? 'explored' : 'worth', propensity, prefixes, taken: plan };
}

/** What a person chose is rated too, as far as its models are known here, so that the record shows what was expected of it. */
function overridden(
  { validator, stakes }: RouteQuestion,
  { models: chosen }: NonNullable<RouteQuestion['override']>,
  judged: readonly { readonly model: Routable; readonly chance: Chance }[],
): Outcome {
  const attempts = chosen.flatMap((name) =>
    judged.filter(({ model }) => model.name === name).map(({ model, chance }) => attemptOf(model, chance)),
  );
  return { because: 'override', propensity: null, taken: attempts.length === chosen.length ? rated(attempts, validator, stakes) : null };
}
