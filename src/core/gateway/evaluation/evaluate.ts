import { JidokaError } from '../../base/error.ts';
import { chains } from '../routing/choose-plan.ts';
import { bootstrap, type Interval } from './bootstrap.ts';
import { hullCost, hullOf } from './hull.ts';
import { learn, learnedPolicy, type Policy } from './learned-policy.ts';
import type { Task } from './read-outcomes.ts';
import { meanOf, replayPlan, type Assumed, type Result } from './replay-plan.ts';
import { splitTasks } from './split-tasks.ts';

export interface EvaluationSettings {
  readonly assumed: Assumed;
  /** Greatest share of wrong deliveries that any policy may come to. */
  readonly wrongCap: number;
  readonly seed: number;
  readonly splitBy: 'task' | 'repository';
}

/** How one policy did on the half that nothing was chosen on. */
export interface Judged {
  readonly policy: string;
  /** The plan, where it is always the same. */
  readonly plan: readonly string[] | null;
  /** Share of tasks with a right result delivered, with a wrong one, and US dollars for a task. */
  readonly right: Interval;
  readonly wrong: Interval;
  readonly usd: Interval;
  /** Against the best static plan, on the same tasks. */
  readonly rightAgainstBest: Interval;
  readonly wrongAgainstBest: Interval;
  /** Share of the money that is saved against static plans of the same quality; of a better one than any, against the best of them. */
  readonly savedAgainstHull: Interval;
  readonly savedAgainstAlwaysBest: Interval;
}

export interface Evaluation {
  readonly models: readonly string[];
  readonly tasks: { readonly chosenOn: number; readonly judgedOn: number; readonly leftOut: number };
  readonly settings: EvaluationSettings;
  /** The hull of static plans, the cheapest first. */
  readonly hull: readonly (readonly string[])[];
  readonly policies: readonly Judged[];
  readonly sentence: string;
}

/**
 * Holds policies against each other on recorded outcomes. Everything that can be chosen, static plans as well as the router's knob, is
 * chosen on one half of the tasks; all figures are of the other half. Tasks that not every model was tried on are left out.
 *
 * @example
 * evaluate(readOutcomes(text, file), settings).policies.find(({ policy }) => policy === 'router')?.savedAgainstHull;
 */
export function evaluate(tasks: readonly Task[], settings: EvaluationSettings): Evaluation {
  const models = [...new Set(tasks.flatMap(({ attempts }) => [...attempts.keys()]))].toSorted();
  const whole = tasks.filter(({ attempts }) => models.every((model) => attempts.has(model)));
  const { chosenOn, judgedOn } = splitTasks(whole, { seed: settings.seed, by: settings.splitBy });
  if (chosenOn.length === 0 || judgedOn.length === 0) throw tooFew(tasks.length, whole.length, settings);
  const statics = staticPlans(models, chosenOn, settings);
  const hull = hullOf(statics);
  const best = bestOf(statics);
  const alwaysBest = bestOf(statics.filter(({ plan }) => plan.length === 1));
  const judge = judgeOf(judgedOn, settings, { hull: hull.map(({ plan }) => plan), best: best.plan, alwaysBest: alwaysBest.plan });
  const router = routerOf(models, chosenOn, { settings, best, statics });
  const policies = [judge('always-best', alwaysBest.plan), judge('best-static', best.plan), judge('router', router)];
  const counts = { chosenOn: chosenOn.length, judgedOn: judgedOn.length, leftOut: tasks.length - whole.length };
  return { models, tasks: counts, settings, hull: hull.map(({ plan }) => plan), policies, sentence: sentenceOf(policies[2]) };
}

function tooFew(tasks: number, whole: number, { splitBy }: EvaluationSettings): JidokaError {
  const message = `Nothing can be judged: of ${tasks} tasks ${whole} have an attempt of every model, and they cannot be split in two by ${splitBy}.`;
  return new JidokaError('outcomes-invalid', message, { mend: 'Add attempts, leave out models that were hardly tried, or split by task.' });
}

interface StaticPlan extends Result {
  readonly plan: readonly string[];
}

function staticPlans(models: readonly string[], tasks: readonly Task[], { assumed, wrongCap }: EvaluationSettings): readonly StaticPlan[] {
  const all = chains(models).map((plan) => ({ plan, ...meanOf(tasks.map((task) => replayPlan(plan, task, assumed))) }));
  const allowed = all.filter(({ wrong }) => wrong <= wrongCap);
  return allowed.length > 0 ? allowed : all;
}

/** The best in quality; of those within half a point of it, the cheapest. */
function bestOf(plans: readonly StaticPlan[]): StaticPlan {
  const most = Math.max(...plans.map(({ right }) => right));
  const [best] = plans.filter(({ right }) => right >= most - 0.005).toSorted((left, right) => left.usd - right.usd);
  return best ?? { plan: [], right: 0, wrong: 0, usd: 0 };
}

/**
 * Of the knobs' settings the cheapest that keeps 99 % of the quality of the best static plan and delivers no more that is wrong, on
 * the half it is chosen on. A static plan stands beside them: where looking at jobs does not pay, a router that is worth its name does not.
 */
function routerOf(
  models: readonly string[],
  tasks: readonly Task[],
  {
    settings,
    best,
    statics,
  }: { readonly settings: EvaluationSettings; readonly best: StaticPlan; readonly statics: readonly StaticPlan[] },
): Policy {
  const learned = learn(tasks, models);
  const { wrongCap } = settings;
  const assumed = { ...settings.assumed, validator: learned.validator ?? settings.assumed.validator };
  const tried = knobs.map((knob) => {
    const policy = learnedPolicy(learned, { ...knob, wrongCap, assumed });
    return { policy, ...meanOf(tasks.map((task) => replayPlan(policy(task), task, assumed))) };
  });
  const fixed = statics.map(({ plan, ...result }) => ({ policy: (): readonly string[] => plan, ...result }));
  const good = [...tried, ...fixed]
    .filter(({ right, wrong }) => right >= 0.99 * best.right && wrong <= best.wrong + 0.005)
    .toSorted((left, right) => left.usd - right.usd);
  const [first] = [...good, ...tried.toSorted((left, right) => right.right - left.right)];
  return first?.policy ?? (() => []);
}

/** US dollars that a right result may be worth, over four orders of magnitude, and what a wrong one costs of that. */
const knobs = Array.from({ length: 13 }, (_, at) => 0.05 * 10 ** (at / 3)).flatMap((value) =>
  [0, 0.5, 2].map((share) => ({ value, loss: share * value })),
);

interface References {
  readonly hull: readonly (readonly string[])[];
  readonly best: readonly string[];
  readonly alwaysBest: readonly string[];
}

function judgeOf(tasks: readonly Task[], { assumed, seed }: EvaluationSettings, { hull, best, alwaysBest }: References) {
  const play = (policy: Policy): readonly Result[] => tasks.map((task) => replayPlan(policy(task), task, assumed));
  const [hullResults, bestResults, alwaysResults] = [hull.map((plan) => play(() => plan)), play(() => best), play(() => alwaysBest)];
  const over = (figure: (pick: (results: readonly Result[]) => Result) => number): Interval =>
    bootstrap(tasks.length, (drawn) => figure((results) => meanOf(results, drawn)), seed);
  return (name: string, policy: Policy | readonly string[]): Judged => {
    const results = play(typeof policy === 'function' ? policy : () => policy);
    const saved = (paid: number, other: number): number => (other === 0 ? 0 : 1 - paid / other);
    const atSameQuality = (pick: (results: readonly Result[]) => Result): number => {
      const points = hullResults.map(pick);
      const most = Math.max(...points.map(({ right }) => right));
      return hullCost(points, Math.min(most, pick(results).right)) ?? 0;
    };
    return {
      policy: name,
      plan: typeof policy === 'function' ? null : policy,
      right: over((pick) => pick(results).right),
      wrong: over((pick) => pick(results).wrong),
      usd: over((pick) => pick(results).usd),
      rightAgainstBest: over((pick) => pick(results).right - pick(bestResults).right),
      wrongAgainstBest: over((pick) => pick(results).wrong - pick(bestResults).wrong),
      savedAgainstHull: over((pick) => saved(pick(results).usd, atSameQuality(pick))),
      savedAgainstAlwaysBest: over((pick) => saved(pick(results).usd, pick(alwaysResults).usd)),
    };
  };
}

function sentenceOf(router: Judged | undefined): string {
  if (router === undefined) return '';
  const { savedAgainstHull: saved, rightAgainstBest: right, wrongAgainstBest: wrong } = router;
  const verb = saved.low > 0 ? 'saves' : 'is not shown to save:';
  const points = `${inHundredths(right)} points of right and ${inHundredths(wrong)} of wrong results against the best static plan`;
  return `The router ${verb} ${inHundredths(saved)} % against static plans of the same quality, at ${points}.`;
}

/** As '12.3 (10.1 to 14.4)'. */
function inHundredths({ value, low, high }: Interval): string {
  const [middle, from, to] = [value, low, high].map((share) => (share * 100).toFixed(1).replace(/^-0\.0$/, '0.0'));
  return `${middle} (${from} to ${to})`;
}
