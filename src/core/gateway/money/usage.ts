import { z } from 'zod';

const Tokens = z.int().min(0);

/**
 * Tokens of one call, each in one column alone: `input` holds those that no cache had a part in, and `output` leaves out
 * `reasoning`. Whoever reads the usage of a provider that counts some of them twice takes them apart first.
 */
export const Usage = z.strictObject({
  input: Tokens,
  cacheRead: Tokens,
  /** Put into the cache of the provider for five minutes. */
  cacheWrite5m: Tokens,
  /** Put into it for an hour. */
  cacheWrite1h: Tokens,
  output: Tokens,
  reasoning: Tokens,
});
export type Usage = z.infer<typeof Usage>;

export const noUsage: Usage = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };

/** Tokens that a call sent, cached or not: the length of its prompt. */
export function promptTokens({ input, cacheRead, cacheWrite5m, cacheWrite1h }: Usage): number {
  return input + cacheRead + cacheWrite5m + cacheWrite1h;
}

/** All tokens of a call, as limits of tokens count them. */
export function allTokens(usage: Usage): number {
  return promptTokens(usage) + usage.output + usage.reasoning;
}
