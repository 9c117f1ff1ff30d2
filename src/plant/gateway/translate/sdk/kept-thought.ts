import { z } from 'zod';
import type { Thought } from '../conversation/conversation.ts';

/** What a package tells beside a part, and wants back beside it: by the name of the provider. */
export const Meta = z.record(z.string(), z.record(z.string(), z.unknown()));
export type Meta = z.infer<typeof Meta>;

/** What is kept of a thought: of one in words itself, or of what stands beside the part before or behind it. */
const Kept = z.object({ of: z.enum(['itself', 'next', 'previous']), text: z.string(), meta: Meta });
export type Kept = z.infer<typeof Kept>;

/** What a thought kept; null where it is of nobody, or was changed on its way. */
export function keptOf({ keepsake }: Thought): Kept | null {
  return Kept.safeParse(keepsake?.data).data ?? null;
}

/** Two pieces of what stands beside one part; what is said later counts. */
export function mergedMeta(before: Meta | null, more: Meta | null | undefined): Meta | null {
  if (more == null) return before;
  const names = Object.keys(more).map((name) => [name, { ...before?.[name], ...more[name] }] as const);
  return { ...before, ...Object.fromEntries(names) };
}
