import { chains, choosePlan, rated, type RatedPlan } from '../routing/choose-plan.ts';
import { chancesByEase } from '../routing/ease.ts';
import type { Attempt } from '../routing/plan-odds.ts';
import type { PlannedRoute } from '../routing/plan-run.ts';

/** What a policy would have taken in recorded runs, and what that is expected to come to, a job on average. */
export interface PolicyOnRecord {
  readonly policy: 'as-chosen' | 'router' | 'best-static' | 'always-best' | 'always-cheapest';
  /** Its plan for each run, in their order; null where it has none. */
  readonly plans: readonly (readonly string[] | null)[];
  readonly right: number;
  readonly wrong: number;
  readonly usd: number;
  readonly worth: number;
}

/**
 * What policies would have taken by what was on record when the plans of some runs were chosen, and would have cost by the estimates of
 * then. It says nothing of what would have come of it: logs of many runs do (`evaluateLogged`).
 *
 * @example
 * policiesOnRecord([route]).find(({ policy }) => policy === 'always-best')?.usd;
 */
export function policiesOnRecord(routes: readonly PlannedRoute[]): readonly PolicyOnRecord[] {
  const jobs = routes.map((route) => ({ route, attempts: attemptsOf(route) }));
  const everywhere = (jobs[0]?.attempts ?? []).filter(({ model }) =>
    jobs.every(({ attempts }) => attempts.some((one) => one.model === model)),
  );
  const singles = everywhere.map(({ model }) => ({ plan: [model], ...staticOf([model], jobs) }));
  const statics = chains(everywhere).map((plan) => ({
    plan,
    ...staticOf(
      plan.map(({ model }) => model),
      jobs,
    ),
  }));
  const first = <T>(some: readonly T[], of: (one: T) => number): T | undefined => some.toSorted((left, right) => of(left) - of(right))[0];
  return [
    meanOf(
      'as-chosen',
      jobs.map(({ route }) => route.taken),
    ),
    meanOf(
      'router',
      jobs.map(({ route, attempts }) => choosePlan(attempts, route).best),
    ),
    meanOf('best-static', first(statics, ({ worth }) => -worth)?.rated),
    meanOf('always-best', first(singles, ({ right }) => -right)?.rated),
    meanOf('always-cheapest', first(singles, ({ usd }) => usd)?.rated),
  ].flatMap((policy) => policy ?? []);
}

interface Job {
  readonly route: PlannedRoute;
  readonly attempts: readonly Attempt[];
}

/** The models that could do the job, with what was expected of them. */
function attemptsOf({ chances, sources, excluded }: PlannedRoute): readonly Attempt[] {
  return Object.entries(chances).flatMap(([model, { solves }]): Attempt[] => {
    const usd = sources[model]?.usd ?? null;
    const isOut = usd === null || excluded.some((one) => one.model === model);
    return isOut ? [] : [{ model, usd, chances: chancesByEase(solves) }];
  });
}

function staticOf(models: readonly string[], jobs: readonly Job[]) {
  const plans = jobs.map(({ route, attempts }): RatedPlan => {
    const plan = models.flatMap((name) => attempts.filter(({ model }) => model === name));
    return rated(plan, route.validator, route.stakes);
  });
  return {
    rated: plans,
    right: mean(plans, ({ odds }) => odds.right),
    usd: mean(plans, ({ odds }) => odds.usd),
    worth: mean(plans, ({ worth }) => worth),
  };
}

function meanOf(policy: PolicyOnRecord['policy'], plans: readonly (RatedPlan | null)[] | undefined): PolicyOnRecord | null {
  if (plans === undefined) return null;
  const taken = plans.flatMap((plan) => plan ?? []);
  if (taken.length === 0) return null;
  return {
    policy,
    plans: plans.map((plan) => plan?.models ?? null),
    right: mean(taken, ({ odds }) => odds.right),
    wrong: mean(taken, ({ odds }) => odds.wrong),
    usd: mean(taken, ({ odds }) => odds.usd),
    worth: mean(taken, ({ worth }) => worth),
  };
}

function mean(plans: readonly RatedPlan[], of: (plan: RatedPlan) => number): number {
  return plans.reduce((sum, plan) => sum + of(plan), 0) / Math.max(1, plans.length);
}
