import { z } from 'zod';
import { CheckName, Demand } from '../evidence/check.ts';
import { RepositorySnapshot, Seed } from './seed.ts';

/** Parts that a bundle of evidence must have. */
export const EvidencePart = z.enum([
  'summary',
  'originalTask',
  'reproduction',
  'plan',
  'diff',
  'validation',
  'outcomeReason',
  'residualRisk',
]);
export type EvidencePart = z.infer<typeof EvidencePart>;

/**
 * What may reach the target: the branch of a PR_READY and the evidence; the evidence alone, for a run that only
 * probes part of a group; or nothing but a report.
 */
export const Delivery = z.enum(['branch', 'evidence', 'report']);
export type Delivery = z.infer<typeof Delivery>;

/** The mold: the typed job that any station gets unchanged. Ten fields, all required. */
export const TaskPacket = z.strictObject({
  apiVersion: z.literal('jidoka/v1'),
  kind: z.literal('TaskPacket'),
  /** What is wanted, in one sentence that a person would sign. */
  intent: z.string().min(1),
  /** Where the job comes from: the seed itself. */
  source: Seed,
  scope: z.strictObject({
    repository: RepositorySnapshot,
    /** Globs a change may touch, relative to the repository root. */
    paths: z.array(z.string()).min(1),
    /** Globs no change may touch, whatever `paths` says. */
    protectedPaths: z.array(z.string()),
    /** Packages whose version may move; empty where the job is not about packages. */
    packages: z.array(z.string()),
  }),
  nonGoals: z.array(z.string()),
  /** How the state before the change is shown. */
  reproduction: z.strictObject({ statement: z.string(), baselineRuns: z.number().int().min(1).max(5) }),
  allowedTools: z.array(z.string()),
  /** What the factory itself checks, and what each check must show for PR_READY. */
  validation: z.array(z.strictObject({ check: CheckName, demand: Demand, rule: z.string() })),
  /** When nothing is owed; each rule names the proof the factory demands. */
  noOpRules: z.array(z.strictObject({ code: z.string(), statement: z.string(), proof: z.string() })),
  evidenceRequired: z.array(EvidencePart),
  outputFormat: z.strictObject({
    delivery: Delivery,
    branch: z.string(),
    verdicts: z.array(z.enum(['PR_READY', 'NO_OP', 'ESCALATE', 'RETRYABLE_FAILURE'])),
  }),
});
export type TaskPacket = z.infer<typeof TaskPacket>;
