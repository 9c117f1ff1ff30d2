import type { RatedPlan } from './choose-plan.ts';

/** The plan that is taken, and how likely it was to be: what an honest evaluation of other policies needs later. */
export interface Drawn {
  readonly plan: RatedPlan;
  readonly propensity: number;
  /** For each model of the plan how likely a plan was that begins alike so far: what a run tells of plans with the same beginning. */
  readonly prefixes: readonly number[];
  readonly isExplored: boolean;
}

/** What was spent so far, in US dollars, on the whole and on plans that were tried to learn from. */
export interface Spending {
  readonly all: number;
  readonly explored: number;
}

/** Exploration takes no larger share of spend, and of jobs. */
export const shareToExplore = 0.05;

/**
 * Now and then takes another plan than the best, so that what is never chosen does not stay unknown: only among those that
 * are good enough, only where a line bears little risk, and never beyond a twentieth of spend.
 *
 * @example
 * explore({ best, others, spending, isLowRisk: true, chances: [0.99, 0.5] }).propensity; // 0.95
 */
export function explore({
  best,
  others,
  spending,
  isLowRisk,
  chances: [whether, which],
}: {
  readonly best: RatedPlan;
  readonly others: readonly RatedPlan[];
  readonly spending: Spending;
  readonly isLowRisk: boolean;
  /** Two draws from 0 to 1, 1 excluded. */
  readonly chances: readonly [number, number];
}): Drawn {
  const fits = ({ odds, lacks }: RatedPlan): boolean =>
    lacks === null && spending.explored + odds.usd <= shareToExplore * (spending.all + odds.usd);
  const candidates = isLowRisk && best.lacks === null ? others.filter((plan) => plan !== best && fits(plan)) : [];
  const shares = [
    { plan: best, share: candidates.length === 0 ? 1 : 1 - shareToExplore },
    ...candidates.map((plan) => ({ plan, share: shareToExplore / candidates.length })),
  ];
  const other = whether < shareToExplore ? candidates[Math.floor(which * candidates.length)] : undefined;
  const plan = other ?? best;
  const propensity = shares.find((one) => one.plan === plan)?.share ?? 1;
  return { plan, propensity, prefixes: prefixesOf(plan, shares), isExplored: other !== undefined };
}

function prefixesOf({ models }: RatedPlan, shares: readonly { readonly plan: RatedPlan; readonly share: number }[]): readonly number[] {
  return models.map((_, at) => {
    const alike = shares.filter(({ plan }) => models.slice(0, at + 1).every((model, place) => plan.models[place] === model));
    return Math.min(
      1,
      alike.reduce((sum, { share }) => sum + share, 0),
    ); // shares add up to a hair more than they should
  });
}
