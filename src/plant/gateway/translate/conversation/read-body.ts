import { z } from 'zod';
import type { Remarks } from './remarks.ts';
import { type Effort, efforts, type Sampling } from './conversation.ts';

/** Reads a body by a schema; what does not fit is told as the API would, and members that nobody knows here are left out. */
export function readBody<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  body: unknown,
  remarks: Remarks,
): z.infer<z.ZodObject<Shape>> | null {
  const parsed = schema.safeParse(body);
  if (parsed.success) {
    // Who is asked is the gateway's to say, wherever a caller names a model.
    const unknown = Object.keys(body ?? {}).filter((name) => name !== 'model' && !Object.hasOwn(schema.shape, name));
    for (const name of unknown.slice(0, mostTold)) remarks.leaveOut(`"${name.slice(0, 80)}"`);
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  remarks.refuse(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`);
  return null;
}

/** Whoever has more unknown members is told of these. */
const mostTold = 20;

/** A member that may be there, be null, or be missing. */
export const maybe = {
  text: z.string().nullish(),
  number: z.number().nullish(),
  flag: z.boolean().nullish(),
  any: z.unknown().optional(),
};

/** A number, which some servers write as a text. */
export const numeral = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);
/** A text, which some servers write as a number. */
export const numberedText = z.union([z.string(), z.number().transform(String)]);
/** Arguments of a call as JSON, which Ollama and some others give as an object. */
export const writtenArguments = z.union([z.string(), z.looseObject({}).transform((given) => JSON.stringify(given))]);
/** A count of tokens, null for what is none: nothing has fewer than zero of them, or a part of one. */
export const tokens = numeral.pipe(z.int().min(0)).nullish().catch(null);

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
