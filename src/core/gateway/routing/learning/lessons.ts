import type { Lesson } from '../offsets.ts';
import type { Spending } from '../explore.ts';
import type { WorkedAttempt } from './worked-attempts.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What the attempts of a factory teach at a time, in milliseconds since 1970. */
export function lessonsOf(attempts: readonly WorkedAttempt[], nowMs: number): readonly Lesson[] {
  return attempts.map(({ job, model, line, repository, right, at, ended, isOverride }) => ({
    job,
    model,
    line,
    repository,
    right,
    age: Math.max(0, (nowMs - Date.parse(at)) / dayMs),
    ended,
    isOverride,
  }));
}

/** What attempts cost in all, and what those cost that were made to learn from; what nobody tells counts for nothing. */
export function spendingOf(attempts: readonly WorkedAttempt[]): Spending {
  const sum = (some: readonly WorkedAttempt[]): number => some.reduce((total, { usd }) => total + (usd ?? 0), 0);
  return { all: sum(attempts), explored: sum(attempts.filter(({ isExplored }) => isExplored)) };
}
