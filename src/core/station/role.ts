import { z } from 'zod';
import { Skill } from './skill.ts';

/** What a station may touch: look only, change files of its workspace, or run commands there as well. */
export const ToolReach = z.enum(['read', 'edit', 'all']);
export type ToolReach = z.infer<typeof ToolReach>;

/**
 * What one prompt may take: turns of the model, and US dollars by the price list of the harness. An agent that hands in nothing is
 * prompted twice more at most, and no more where a budget was used up.
 */
export const RoleBudget = z.strictObject({
  turns: z.number().int().min(1).max(10_000).optional(),
  usd: z.number().positive().max(10_000).optional(),
});
export type RoleBudget = z.infer<typeof RoleBudget>;

/** What a station is in its line: an owner's Markdown, with a model and tools of its own. Several roles may share one harness. */
export const Role = z.strictObject({
  /** 'architect', 'coder', 'reviewer', 'tester', 'documenter'. */
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** Markdown: who it is and what it does. */
  prompt: z.string().min(1).max(40_000),
  /** Model that it asks for; null leaves that to the harness. */
  model: z.string().min(1).nullable(),
  tools: ToolReach,
  /** What it may use up, held by its harness; a station whose harness holds none of it is passed over. */
  budget: RoleBudget.optional(),
  /** What its agent can read when it needs it. */
  skills: z.array(Skill).max(20).optional(),
});
export type Role = z.infer<typeof Role>;
