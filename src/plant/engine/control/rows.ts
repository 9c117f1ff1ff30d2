import type { Limit, Pause, Review } from '../../../core/ports/control.ts';

export interface LimitRow {
  readonly key: string;
  readonly atOnce: number | null;
  readonly rateCount: number | null;
  readonly rateSeconds: number | null;
  readonly by: Limit['by'];
}

export type PauseRow = Omit<Pause, 'at'> & { readonly at: Date };
export type ReviewRow = Omit<Review, 'since'> & { readonly since: Date };

export function limitOf({ key, atOnce, rateCount, rateSeconds, by }: LimitRow): Limit {
  const rate = rateCount === null || rateSeconds === null ? null : { count: rateCount, seconds: rateSeconds };
  return { key, atOnce, rate, by };
}

export function pauseOf({ at, ...pause }: PauseRow): Pause {
  return { ...pause, at: at.toISOString() };
}

export function reviewOf({ since, ...review }: ReviewRow): Review {
  return { ...review, since: since.toISOString() };
}
