import type { z } from 'zod';

/** Reads JSON that may be half-written, or anybody's words: null for what it should not be. */
export function parseAs<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
