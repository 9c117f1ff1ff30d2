import { z } from 'zod';

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: 'It is no plain value' });

/** A mapping of plain values, or an expression that stands for one. */
export const Values = z.union([z.record(z.string(), Value), z.string()], { error: 'It is no mapping of plain values' });

/** A step of a job, as workflows of a forge write it. */
export const Step = z.looseObject({
  name: z.string().optional(),
  run: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), Value).optional(),
  env: Values.optional(),
  shell: z.string().optional(),
  'working-directory': z.string().optional(),
});
export type Step = z.infer<typeof Step>;

/** Why a text of a workflow stands for something else than itself; null where it does not. */
export function notPlain(text: string): string | null {
  if (!text.includes('${{')) return null;
  return /\bsecrets\b/i.test(text) ? 'It asks for a secret, and a setup has none.' : 'Expressions are not evaluated.';
}
