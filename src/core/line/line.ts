import { z } from 'zod';
import { CheckName, Demand } from '../evidence/check.ts';

/** A stage's work. The set is closed: a new kind of work is a new kind of stage. */
export const StageKind = z.enum(['applicability', 'baseline', 'change', 'inspection']);
export type StageKind = z.infer<typeof StageKind>;

const Stage = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
  does: StageKind,
  /** Station that does a `change` stage. */
  station: z.string().optional(),
  /** Limit for one command of the stage. */
  timeout: z
    .string()
    .regex(/^\d+(s|m|h)$/, 'a duration such as "90s", "5m" or "1h"')
    .optional(),
  /** How often a command is tried again after a failure of a retryable class. */
  retries: z.number().int().min(0).max(5).optional(),
});

/** One product line as data. */
export const Line = z.strictObject({
  apiVersion: z.literal('jidoka/v1'),
  kind: z.literal('Line'),
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  summary: z.string(),
  seed: z.enum(['dependency', 'advisory', 'task']),
  nonGoals: z.array(z.string()),
  scope: z.strictObject({ paths: z.array(z.string()).min(1), protectedPaths: z.array(z.string()) }),
  stages: z.array(Stage).min(1),
  inspection: z.array(z.strictObject({ check: CheckName, demand: Demand })).min(1),
  noOpRules: z.array(z.strictObject({ code: z.string(), statement: z.string(), proof: z.string() })),
  policy: z.strictObject({
    baselineRuns: z.number().int().min(1).max(5),
    /** Releases younger than this are not taken; 0 switches the rule off. */
    minimumReleaseAgeDays: z.number().min(0),
    /** A baseline of the same commit, lockfile and floor may be taken over for this long. */
    reuseBaseline: z.string().regex(/^\d+(s|m|h)$/),
  }),
});
export type Line = z.infer<typeof Line>;
export type Stage = Line['stages'][number];
