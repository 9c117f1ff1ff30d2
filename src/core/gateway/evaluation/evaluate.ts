import { JidokaError } from '../../base/error.ts';
import { chains } from '../routing/choose-plan.ts';
import type { Figure } from './bootstrap.ts';
import { hullOf } from './hull.ts';
import { judgePolicies, type NamedPolicy } from './judge-policies.ts';
import { learn, learnedPolicies } from './learned-policy.ts';
import type { Task } from './read-outcomes.ts';
import { meanOf, replayPlan, type Assumed, type Result } from './replay-plan.ts';
import { savingOf } from './saving.ts';
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
  readonly right: Figure;
  readonly wrong: Figure;
  readonly usd: Figure;
  /** Against the best static plan, on the same tasks. */
  readonly rightAgainstBest: Figure;
  readonly wrongAgainstBest: Figure;
  /** Share of the money that is saved against static plans of the same quality; of a better one than any, against the best of them. */
  readonly savedAgainstHull: Figure;
  readonly savedAgainstAlwaysBest: Figure;
}

export interface Evaluation {
  readonly models: readonly string[];
  readonly tasks: { readonly chosenOn: number; readonly judgedOn: number; readonly leftOut: number };
  readonly settings: EvaluationSettings;
  /** The hull of static plans, the cheapest first. */
  readonly hull: readonly (readonly string[])[];
  readonly policies: readonly Judged[];
  /** Whether the router is shown to save money against static plans of its quality, without more that is wrong being delivered. */
  readonly saving: 'shown' | 'not-shown';
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
  const router = routerOf(models, chosenOn, { settings, best, statics });
  const named = [
    { name: 'always-best', policy: alwaysBest.plan },
    { name: 'best-static', policy: best.plan },
    { name: 'router', policy: router },
  ];
  const policies = judgePolicies(judgedOn, named, {
    settings,
    hull: hull.map(({ plan }) => plan),
    best: best.plan,
    alwaysBest: alwaysBest.plan,
  });
  const counts = { chosenOn: chosenOn.length, judgedOn: judgedOn.length, leftOut: tasks.length - whole.length };
  return { models, tasks: counts, settings, hull: hull.map(({ plan }) => plan), policies, ...savingOf(policies.at(-1), judgedOn.length) };
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
): NamedPolicy['policy'] {
  const learned = learn(tasks, models);
  const { wrongCap } = settings;
  const assumed = { ...settings.assumed, validator: learned.validator ?? settings.assumed.validator };
  const policyOf = learnedPolicies(learned, { wrongCap, assumed });
  const tried = knobs.map((knob) => {
    const policy = policyOf(knob);
    return { policy, ...meanOf(tasks.map((task) => replayPlan(policy(task), task, assumed))) };
  });
  const fixed = statics.map(({ plan, ...result }) => ({ policy: plan, ...result }));
  const good = [...tried, ...fixed]
    .filter(({ right, wrong }) => right >= 0.99 * best.right && wrong <= best.wrong + 0.005)
    .toSorted((left, right) => left.usd - right.usd);
  const [first] = [...good, ...tried.toSorted((left, right) => right.right - left.right)];
  return first?.policy ?? [];
}

/** Settings of the router's knob: US dollars that a right result may be worth, over four orders of magnitude, and what a wrong one costs of that. */
export const knobs = Array.from({ length: 13 }, (_, at) => 0.05 * 10 ** (at / 3)).flatMap((value) =>
  [0, 0.5, 2].map((share) => ({ value, loss: share * value })),
);
