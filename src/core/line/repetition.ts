import { z } from 'zod';

/** How a suite is repeated; each way shows another cause of outcomes that change though the code does not. */
export const repetitionModes = {
  suite: 'the whole suite, as the repository runs it',
  shuffled: 'in another order each time',
  load: 'while every processor is busy twice over',
  zone: 'in other time zones and languages',
  date: 'on other dates',
  parallel: 'beside a second copy of itself',
  file: 'the file of the test, without the others',
  alone: 'the test by itself',
} as const;

export const RepetitionMode = z.enum(Object.keys(repetitionModes) as [keyof typeof repetitionModes]);
export type RepetitionMode = keyof typeof repetitionModes;

/** What is asked of a test where nothing else is said. */
export const usualFlake = { rate: 0.05, budgetMs: 30 * 60_000 } as const;

/** Share of the processors that others kept busy just before or after the runs of a mode, from 0 to 1. */
export interface Company {
  readonly when: 'before' | 'after';
  readonly busy: number;
  readonly processors: number;
}
