import { z } from 'zod';

const Share = z.number().min(0).max(1);
const Chance = z.number().gt(0).max(1);

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
  /** Who holds it for right or wrong, where that is not known for true: a person, or nobody but the validation itself. */
  by: z.enum(['person', 'validation']).optional(),
  /** The run that it was made in, and when it was claimed. */
  run: z.string().min(1).max(300).optional(),
  at: z.iso.datetime().optional(),
  /** Which attempt of its run it is, from 1. */
  attempt: z.int().min(1).optional(),
  /** The plan of models that its run was given. */
  plan: z.array(z.string().min(1).max(200)).min(1).max(3).optional(),
  /** How likely that plan was to be taken; absent where no policy took it: a person chose it, or nobody could choose. */
  propensity: Chance.optional(),
  /** For each model of the plan how likely a plan was that begins alike. */
  prefixes: z.array(Chance).min(1).max(3).optional(),
  /** How likely the router took this model to be right at this job, before anything was tried. */
  chance: Share.optional(),
  /** What was seen of the job beforehand. */
  features: z.record(z.string(), Share).optional(),
  /** Milliseconds that validation of it took. */
  validationMs: z.number().min(0).optional(),
});
export type OutcomeRecord = z.infer<typeof OutcomeRecord>;
