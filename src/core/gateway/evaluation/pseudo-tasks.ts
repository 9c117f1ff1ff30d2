import type { Result } from './replay-plan.ts';

/** One draw of tasks. */
export interface Drawn {
  /** Positions of tasks, each as often as it was drawn. */
  readonly tasks: readonly number[];
  /** How often each pseudo-task was. */
  readonly pseudo: readonly number[];
}

/** How pseudo-tasks count for one policy. */
export interface Pseudo {
  /** Whether the policy is judged, or held against one that is. */
  readonly side: keyof typeof rows;
  /** What a task costs by it, in US dollars. */
  readonly usd: number;
  /** As many tasks each of them counts for; more than one where tasks tell less than their number says. */
  readonly weight: number;
}

/**
 * Four tasks that nobody had, one in each cell of two policies' results: the judged one alone is right, and the task costs nothing by it;
 * the other one alone is, and it costs twice as much; both are; neither is. What is not right is delivered all the same.
 */
const rows = {
  judged: [
    { right: 1, cost: 0 },
    { right: 0, cost: 2 },
    { right: 1, cost: 1 },
    { right: 0, cost: 1 },
  ],
  other: [
    { right: 0, cost: 1 },
    { right: 1, cost: 1 },
    { right: 1, cost: 1 },
    { right: 0, cost: 1 },
  ],
} as const;

export const pseudoTasks = rows.judged.length;

/**
 * The mean over drawn tasks with pseudo-tasks among them. For a share they are two that are right and two that are not (A. Agresti and
 * B. Coull, The American Statistician 52, 1998), for a paired difference one that is better and one that is worse (as D. Bonett and R. Price,
 * Journal of Educational and Behavioral Statistics 37, 2012; A. Agresti and Y. Min, Statistics in Medicine 24, 2005, add half as much): of n
 * tasks without any difference one of about 3/n is not ruled out, as by the rule of three. A cost that was always the same gets a spread of
 * like size. They are as many whatever n is, so that they hardly count among many tasks.
 */
export function smoothed({ right, wrong, usd }: Result, { tasks, pseudo }: Drawn, { side, usd: mean, weight }: Pseudo): Result {
  const sum = { right: right * tasks.length, wrong: wrong * tasks.length, usd: usd * tasks.length };
  let count = tasks.length;
  for (const [at, row] of rows[side].entries()) {
    const times = (pseudo[at] ?? 0) * weight;
    count += times;
    sum.right += times * row.right;
    sum.wrong += times * (1 - row.right);
    sum.usd += times * row.cost * mean;
  }
  const divisor = Math.max(1, count);
  return { right: sum.right / divisor, wrong: sum.wrong / divisor, usd: sum.usd / divisor };
}

/** Side of what a policy is held against: a plan that is held against itself is never better or worse. */
export function sideOf(one: MaybeFixed, judged: MaybeFixed): Pseudo['side'] {
  const isSame = one === judged || (one.plan !== null && judged.plan !== null && isAlike(one.plan, judged.plan));
  return isSame ? 'judged' : 'other';
}

interface MaybeFixed {
  /** Null where it is not always the same. */
  readonly plan: readonly string[] | null;
}

function isAlike(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((model, at) => model === others[at]);
}
