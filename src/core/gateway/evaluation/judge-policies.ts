import { bootstrapAll } from './bootstrap.ts';
import type { EvaluationSettings, Judged } from './evaluate.ts';
import { hullCost } from './hull.ts';
import type { Policy } from './learned-policy.ts';
import type { Task } from './read-outcomes.ts';
import { sideOf, smoothed } from './pseudo-tasks.ts';
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
  const play = (policy: Policy | readonly string[]): Played => {
    const results = tasks.map((task) => replayPlan(typeof policy === 'function' ? policy(task) : policy, task, assumed));
    return { plan: typeof policy === 'function' ? null : policy, results, usd: meanOf(results).usd };
  };
  const hull = references.hull.map(play);
  const [best, alwaysBest, played] = [play(references.best), play(references.alwaysBest), named.map(({ policy }) => play(policy))];
  const figures = bootstrapAll(
    tasks.length,
    (drawn) => {
      const means = new Map([...hull, best, alwaysBest, ...played].map((one) => [one, meanOf(one.results, drawn.tasks)]));
      return played.flatMap((own) => {
        const pick = (one: Played): Result =>
          smoothed(means.get(one) ?? nothing, drawn, { side: sideOf(one, own), usd: one.usd, weight: 1 });
        return figuresOf(pick(own), { hull: hull.map(pick), best: pick(best), alwaysBest: pick(alwaysBest) });
      });
    },
    seed,
  );
  return named.map(({ name }, at) => {
    const own = figureNames.map((figure, offset) => [figure, figures[at * figureNames.length + offset]]);
    return { policy: name, plan: played[at]?.plan ?? null, ...Object.fromEntries(own) } as Judged; // one figure for each name
  });
}

/** What a policy came to at each task, and US dollars of one on average. */
interface Played {
  /** Null where it is not always the same. */
  readonly plan: readonly string[] | null;
  readonly results: readonly Result[];
  readonly usd: number;
}

const nothing: Result = { right: 0, wrong: 0, usd: 0 };

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
