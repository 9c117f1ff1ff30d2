import { z } from 'zod';

const Share = z.number().min(0).max(1);

/** One attempt of one model at one task, one line of a record of outcomes. docs/OUTCOMES.md describes the format. */
export const OutcomeRecord = z.strictObject({
  /** Names the job; attempts of several models at one job share it. */
  task: z.string().min(1).max(300),
  model: z.string().min(1).max(200),
  /** Whether the result was right, by whatever is held for true: hidden tests, a person, what became of the change. */
  right: z.boolean(),
  /** US dollars of the attempt. */
  usd: z.number().min(0),
  /** What the factory's validation said of it, where it was run; otherwise its error rates are assumed. */
  passed: z.boolean().optional(),
  /** Which attempt of this model at this task, from 1. */
  trial: z.int().min(1).optional(),
  line: z.string().min(1).optional(),
  repository: z.string().min(1).optional(),
  /** How hard it looked beforehand, from 0 to 1. */
  difficulty: Share.optional(),
});
export type OutcomeRecord = z.infer<typeof OutcomeRecord>;
