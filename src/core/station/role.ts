import { z } from 'zod';

/** What a station may touch: look only, change files of its workspace, or run commands there as well. */
export const ToolReach = z.enum(['read', 'edit', 'all']);
export type ToolReach = z.infer<typeof ToolReach>;

/** What a station is in its line: an owner's Markdown, with a model and tools of its own. Several roles may share one harness. */
export const Role = z.strictObject({
  /** 'architect', 'coder', 'reviewer', 'tester', 'documenter'. */
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** Markdown: who it is and what it does. */
  prompt: z.string().min(1).max(40_000),
  /** Model that it asks for; null leaves that to the harness. */
  model: z.string().min(1).nullable(),
  tools: ToolReach,
});
export type Role = z.infer<typeof Role>;
