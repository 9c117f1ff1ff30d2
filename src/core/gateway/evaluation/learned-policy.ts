import { chains, choiceOf, mostModels, weighed, type PlayedPlan, type Stakes } from '../routing/choose-plan.ts';
import { chancesByEase, meanOverEase } from '../routing/ease.ts';
import { learnOffsets, type Lesson, type Offsets } from '../routing/offsets.ts';
import { planOdds, type Attempt, type Validator } from '../routing/plan-odds.ts';
import { chanceOf } from '../routing/probability.ts';
import type { Task } from './read-outcomes.ts';
import type { Assumed } from './replay-plan.ts';

/** Takes a plan for a task, from what is known before it is tried. */
export type Policy = (task: Task) => readonly string[];

/** What the router learned of one half of the tasks. */
export interface Learned {
  readonly offsets: Offsets;
  /** Of each model the share of its attempts that were right, and US dollars of one. */
  readonly models: Readonly<Record<string, { readonly prior: number; readonly usd: number }>>;
  /** How well validation told right from wrong, or null where the record says nothing of it. */
  readonly validator: Validator | null;
}

/** Learns as the router does in service: from what attempts came to, and nothing of the tasks themselves. */
export function learn(tasks: readonly Task[], models: readonly string[]): Learned {
  const known = Object.fromEntries(models.map((model) => [model, averageOf(tasks, model)]));
  const lessons = tasks.flatMap((task) => models.flatMap((model) => lessonsOf(task, model)));
  return { models: known, offsets: learnOffsets(lessons, (model) => known[model]?.prior ?? 0.5), validator: validatorOf(tasks) };
}

/** What turns between quality and money: `value` of a right result, and `loss` by a wrong one that is delivered, in US dollars. */
export type Knob = Pick<Stakes, 'value' | 'loss'>;

/** What is known of a job before it is tried. */
export type KnownJob = Pick<Task, 'line' | 'repository' | 'difficulty'>;

/** What is to be expected of each model at a job, as far as it was learned; jobs that look alike have the same `steps`. */
export function expectedOf({ offsets, models }: Learned): (job: KnownJob) => readonly (Attempt & { readonly steps: number })[] {
  const byChance = new Map<number, readonly number[]>();
  const chancesAt = (steps: number): readonly number[] => {
    const chances = byChance.get(steps) ?? chancesByEase(steps / stepsOfChance);
    byChance.set(steps, chances);
    return chances;
  };
  return onceFor(({ line, repository, difficulty }: KnownJob) =>
    Object.entries(models).map(([model, { prior, usd }]) => {
      const { solves } = chanceOf(prior, { model, place: { line, repository }, offsets, difficulty });
      const steps = Math.round(solves * stepsOfChance);
      return { model, usd, steps, chances: chancesAt(steps) };
    }),
  );
}

/** Works out once for each thing what every plan and every knob asks of it again. */
function onceFor<Thing extends object, Found>(find: (thing: Thing) => Found): (thing: Thing) => Found {
  const known = new WeakMap<Thing, { readonly found: Found }>();
  return (thing) => {
    const entry = known.get(thing) ?? { found: find(thing) };
    known.set(thing, entry);
    return entry.found;
  };
}

/**
 * The router as a policy for each setting of its knob: the plan that is worth most by what was learned. What plans come to does not
 * hang on the knob, and is worked out once for tasks that look alike.
 */
export function learnedPolicies(
  learned: Learned,
  { wrongCap, assumed: { validator, validation } }: { readonly wrongCap: number; readonly assumed: Assumed },
): (knob: Knob) => (job: KnownJob) => readonly string[] {
  const attemptsAt = expectedOf(learned);
  const worked = new Map<string, readonly PlayedPlan[]>();
  const plansFor = onceFor((job: KnownJob): readonly PlayedPlan[] => {
    const attempts = attemptsAt(job);
    const key = attempts.map(({ steps }) => steps).join(' ');
    const plans = worked.get(key) ?? playAll(attempts, validator);
    worked.set(key, plans);
    return plans;
  });
  return (knob) => {
    const stakes: Stakes = { ...knob, person: 0, validation, quality: 0, wrongCap };
    const bestOf = onceFor((plans: readonly PlayedPlan[]) => choiceOf(plans.map((plan) => weighed(plan, stakes))).best?.models ?? []);
    return (job) => bestOf(plansFor(job));
  };
}

const stepsOfChance = 200;

/** Of many models those are taken that are the likeliest to be right. */
function playAll(attempts: readonly Attempt[], validator: Validator): readonly PlayedPlan[] {
  const likeliest = attempts.toSorted((left, right) => meanOverEase(right.chances) - meanOverEase(left.chances)).slice(0, mostModels);
  return chains(likeliest).map((plan) => ({ models: plan.map(({ model }) => model), odds: planOdds(plan, validator) }));
}

function averageOf(tasks: readonly Task[], model: string): { readonly prior: number; readonly usd: number } {
  const trials = tasks.flatMap((task) => task.attempts.get(model) ?? []);
  const right = trials.filter((trial) => trial.right).length;
  const usd = trials.reduce((sum, trial) => sum + trial.usd, 0) / Math.max(1, trials.length);
  return { prior: (right + 0.5) / (trials.length + 1), usd };
}

function validatorOf(tasks: readonly Task[]): Validator | null {
  const trials = tasks.flatMap(({ attempts }) => [...attempts.values()].flat()).filter(({ passed }) => passed !== undefined);
  const passing = (right: boolean): number => {
    const some = trials.filter((trial) => trial.right === right);
    // Half a result of each kind, so that a few results are not taken for certain.
    return (some.filter(({ passed }) => passed === true).length + 0.5) / (some.length + 1);
  };
  return trials.length === 0 ? null : { sensitivity: passing(true), falsePass: passing(false) };
}

function lessonsOf({ task, line, repository, attempts }: Task, model: string): Lesson[] {
  return (attempts.get(model) ?? []).map(({ right }) => ({
    job: task,
    model,
    line,
    repository,
    right,
    age: 0,
    ended: 'verdict',
    isOverride: false,
  }));
}
