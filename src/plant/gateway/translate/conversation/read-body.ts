import { z } from 'zod';
import type { Remarks } from './remarks.ts';
import { type Effort, efforts, type Sampling } from './conversation.ts';

/** Reads a body by a schema; what does not fit is told as the API would. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown, remarks: Remarks): T | null {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  remarks.refuse(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`);
  return null;
}

/** A member that may be there, be null, or be missing. */
export const maybe = {
  text: z.string().nullish(),
  number: z.number().nullish(),
  flag: z.boolean().nullish(),
  any: z.unknown().optional(),
};

/** Settings of chance, with null for each that is not said. */
export function samplingOf(said: { readonly [K in keyof Sampling]?: Sampling[K] | undefined }): Sampling {
  return {
    temperature: said.temperature ?? null,
    topP: said.topP ?? null,
    topK: said.topK ?? null,
    stop: said.stop ?? [],
    seed: said.seed ?? null,
    presencePenalty: said.presencePenalty ?? null,
    frequencyPenalty: said.frequencyPenalty ?? null,
  };
}

/** An effort by its word; the APIs have some of their own for the most and the least. */
export function effortOf(word: string | null | undefined): Effort | null {
  const said = word?.toLowerCase();
  if (said === 'max') return 'xhigh';
  return efforts.find((effort) => effort === said) ?? null;
}
