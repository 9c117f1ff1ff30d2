import { choosePlan, type Stakes } from '../routing/choose-plan.ts';
import { chancesByEase } from '../routing/ease.ts';
import { learnOffsets, type Lesson, type Offsets } from '../routing/offsets.ts';
import type { Validator } from '../routing/plan-odds.ts';
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

/** The router as a policy: the plan that is worth most by what was learned. `value` is the knob between quality and money, `loss` what a wrong delivery costs. */
export function learnedPolicy(
  { offsets, models }: Learned,
  {
    value,
    loss,
    wrongCap,
    assumed,
  }: { readonly value: number; readonly loss: number; readonly wrongCap: number; readonly assumed: Assumed },
): Policy {
  const stakes: Stakes = { value, loss, person: 0, validation: assumed.validation, quality: 0, wrongCap };
  // Tasks that look alike get the same plan: each is worked out once.
  const worked = new Map<string, readonly string[]>();
  return ({ line, repository, difficulty }) => {
    const chances = Object.entries(models).map(([model, { prior, usd }]) => {
      const { solves } = chanceOf(prior, { model, place: { line, repository }, offsets, difficulty });
      return { model, solves: Math.round(solves * 200) / 200, usd };
    });
    const key = chances.map(({ solves }) => solves).join(' ');
    const known = worked.get(key);
    if (known !== undefined) return known;
    const attempts = chances.map(({ model, solves, usd }) => ({ model, chances: chancesByEase(solves), usd }));
    const plan = choosePlan(attempts, { validator: assumed.validator, stakes }).best?.models ?? [];
    worked.set(key, plan);
    return plan;
  };
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
