import { own } from '../config/resolve-slot.ts';
import { logistic, logit } from './logistic.ts';
import type { Offsets } from './offsets.ts';

/** Whose job it is, as far as experience is kept apart. */
export interface Place {
  readonly line: string;
  readonly repository: string;
}

/** The chance that a model solves a job, and what it is made of; the parts but the prior are steps on the scale of log-odds. */
export interface Chance {
  readonly prior: number;
  readonly model: number;
  readonly line: number;
  readonly repository: number;
  readonly difficulty: number;
  readonly solves: number;
}

/** How far the hardest jobs lie from the easiest, in log-odds. */
const slopeOfDifficulty = 1;

/**
 * p = logistic(prior + offsets - slope x difficulty): what is publicly known, moved by what this factory saw.
 *
 * @example
 * chanceOf(0.6, { model: 'small', place, offsets: noOffsets, difficulty: 0.5 }).solves; // 0.6
 */
export function chanceOf(
  prior: number,
  {
    model,
    place,
    offsets,
    difficulty,
  }: { readonly model: string; readonly place: Place; readonly offsets: Offsets; readonly difficulty: number },
): Chance {
  const parts = {
    model: own(offsets.models, model) ?? 0,
    line: own(offsets.lines, place.line) ?? 0,
    repository: own(offsets.repositories, place.repository) ?? 0,
    difficulty: -slopeOfDifficulty * (difficulty - 0.5),
  };
  const solves = logistic(logit(prior) + parts.model + parts.line + parts.repository + parts.difficulty);
  return { prior, ...parts, solves };
}
