import type { RescueSign } from './difficulty.ts';
import type { Route } from './route.ts';

/** Why a job might go on with the next model of its plan. */
export type UpgradeCause =
  /** Validation refused what was made. */
  | { readonly kind: 'refused' }
  /** The model cannot do it at all: no tool, no picture, too small a window. */
  | { readonly kind: 'incapable' }
  /** The agent itself asked for a stronger one. */
  | { readonly kind: 'asked' }
  /** It looks stuck. */
  | { readonly kind: 'sign'; readonly sign: RescueSign };

export type Upgrade =
  /** The next model begins afresh, at the base. */
  | { readonly kind: 'fresh-attempt'; readonly model: string; readonly at: number }
  /** Written down, and nothing is changed: it is not shown that it would pay. */
  | { readonly kind: 'observed'; readonly wouldTake: string }
  /** The plan is at its end: a person gets it. */
  | { readonly kind: 'plan-ends' };

/**
 * What follows in the middle of a job. Only verdicts change a model: upgrades by number of calls or by how an agent looks did worse
 * on public outcomes than a mix at random. Those are observed, until a line's own records show that a sign pays.
 *
 * @example
 * upgrade(['cheap', 'strong'], 0, { kind: 'refused' }, []); // { kind: 'fresh-attempt', model: 'strong', at: 1 }
 */
export function upgrade(plan: readonly string[], at: number, cause: UpgradeCause, signsThatPay: readonly RescueSign[]): Upgrade {
  const next = plan[at + 1];
  if (next === undefined) return { kind: 'plan-ends' };
  if (cause.kind === 'asked' || (cause.kind === 'sign' && !signsThatPay.includes(cause.sign))) return { kind: 'observed', wouldTake: next };
  return { kind: 'fresh-attempt', model: next, at: at + 1 };
}

/**
 * The model that works on an attempt of a stage, from 1: each rework is a verdict, and the next model of the plan begins afresh; where the
 * plan is at its end and the line sends work back all the same, the last one goes on. Null for a plan without models.
 *
 * @example
 * modelOfAttempt(['cheap', 'strong'], 3); // 'strong'
 */
export function modelOfAttempt(plan: readonly string[], attempt: number): string | null {
  return plan[placeOf(plan, attempt)] ?? null;
}

function placeOf(plan: readonly string[], attempt: number): number {
  return Math.min(Math.max(1, attempt), plan.length) - 1;
}

/**
 * Models that an attempt of a stage asks, in order: its own first, and where that is nowhere to be had those that follow in the plan, then
 * what else the factory might have chosen, the likeliest to be right first. What an earlier attempt was refused with is not asked again.
 *
 * @example
 * orderOfAttempt({ plan: ['cheap', 'strong'], chances, excluded: [], override: null }, 1); // ['cheap', 'strong', 'other']
 */
export function orderOfAttempt(
  { plan, chances, excluded, override }: Pick<Route, 'plan' | 'chances' | 'excluded' | 'override'>,
  attempt: number,
): readonly string[] {
  if (plan === null) return [];
  const others = Object.keys(chances)
    .filter((name) => override === null && !plan.includes(name) && !excluded.some(({ model }) => model === name))
    .toSorted((left, right) => (chances[right]?.solves ?? 0) - (chances[left]?.solves ?? 0));
  return [...plan.slice(placeOf(plan, attempt)), ...others].slice(0, mostAsked);
}

/** More than a few lost models are an outage of all, and names of agents have an end. */
const mostAsked = 8;
