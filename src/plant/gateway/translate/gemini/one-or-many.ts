import { z } from 'zod';

/** A list, of which the API takes one member in its place too: `parts: { text }` is `parts: [{ text }]`. */
export function oneOrMany<Member extends z.ZodType>(member: Member, least = 0): z.ZodType<z.infer<Member>[]> {
  return z.preprocess(
    (given) => (typeof given === 'object' && given !== null && !Array.isArray(given) ? [given] : given),
    z.array(member).min(least),
  );
}
