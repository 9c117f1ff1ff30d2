import type { TestPlan } from '../runner/index.ts';

/** One test of a plan: its file, relative to the project folder, and its titles. */
export interface Target {
  readonly file: string;
  readonly titles: readonly string[];
}

export interface Circumstances {
  /** Which run of its mode it is, from 1; with the seed it decides all that varies. */
  readonly run: number;
  /** Names this repetition among all: the same seed gives the same orders. */
  readonly seed: number;
  /** What is run alone or in its file; null for the suite. */
  readonly target: Target | null;
  /** Folder of the project as its commands see it. */
  readonly project: string;
  /** A second copy of the project, as commands see it; null where none was made. */
  readonly copy: string | null;
  /** Files that hold tests, relative to the project folder. */
  readonly files: readonly string[];
  readonly now: string;
}

/** How a suite is run once in a mode. */
export type ModePlan =
  | {
      readonly kind: 'plan';
      readonly plan: TestPlan;
      /** Files that are laid in for the run, relative to the project folder. */
      readonly laidIn: Readonly<Record<string, string>>;
      /** What this run has that others have not: a seed, a time zone, a date; '' where nothing. */
      readonly variation: string;
      /** Whether the variation is one of few, which come again. */
      readonly recurs: boolean;
    }
  | { readonly kind: 'not-possible'; readonly why: string };

/** A plan that is run as it is. */
export function usual(plan: TestPlan): ModePlan {
  return { kind: 'plan', plan, laidIn: {}, variation: '', recurs: false };
}

export function none(why: string): ModePlan {
  return { kind: 'not-possible', why };
}
