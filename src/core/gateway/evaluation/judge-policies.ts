import { bootstrapAll } from './bootstrap.ts';
import type { EvaluationSettings, Judged } from './evaluate.ts';
import { hullCost } from './hull.ts';
import type { Policy } from './learned-policy.ts';
import type { Task } from './read-outcomes.ts';
import { meanOf, replayPlan, type Result } from './replay-plan.ts';

/** A policy under its name, or a plan that is always the same. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: Policy | readonly string[];
}

/** What policies are held against. */
export interface References {
  readonly settings: EvaluationSettings;
  readonly hull: readonly (readonly string[])[];
  readonly best: readonly string[];
  readonly alwaysBest: readonly string[];
}

const figureNames = [
  'right',
  'wrong',
  'usd',
  'rightAgainstBest',
  'wrongAgainstBest',
  'savedAgainstHull',
  'savedAgainstAlwaysBest',
] as const;

/** Plays policies on the tasks that nothing was chosen on. All figures are of the same tasks and the same draws of them. */
export function judgePolicies(tasks: readonly Task[], named: readonly NamedPolicy[], references: References): readonly Judged[] {
  const { assumed, seed } = references.settings;
  const play = (policy: Policy | readonly string[]): readonly Result[] =>
    tasks.map((task) => replayPlan(typeof policy === 'function' ? policy(task) : policy, task, assumed));
  const hull = references.hull.map(play);
  const [best, alwaysBest, played] = [play(references.best), play(references.alwaysBest), named.map(({ policy }) => play(policy))];
  const figures = bootstrapAll(
    tasks.length,
    (drawn) => {
      const pick = (results: readonly Result[]): Result => meanOf(results, drawn);
      const against = { hull: hull.map(pick), best: pick(best), alwaysBest: pick(alwaysBest) };
      return played.flatMap((results) => figuresOf(pick(results), against));
    },
    seed,
  );
  return named.map(({ name, policy }, at) => {
    const own = figureNames.map((figure, offset) => [figure, figures[at * figureNames.length + offset]]);
    return { policy: name, plan: typeof policy === 'function' ? null : policy, ...Object.fromEntries(own) } as Judged; // one interval for each name
  });
}

interface Against {
  readonly hull: readonly Result[];
  readonly best: Result;
  readonly alwaysBest: Result;
}

/** In the order of their names. */
function figuresOf({ right, wrong, usd }: Result, { hull, best, alwaysBest }: Against): readonly number[] {
  const most = Math.max(...hull.map((point) => point.right));
  const atSameQuality = hullCost(hull, Math.min(most, right)) ?? 0;
  return [right, wrong, usd, right - best.right, wrong - best.wrong, saved(usd, atSameQuality), saved(usd, alwaysBest.usd)];
}

function saved(paid: number, other: number): number {
  return other === 0 ? 0 : 1 - paid / other;
}
