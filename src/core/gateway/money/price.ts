import { z } from 'zod';
import type { Usage } from './usage.ts';

/** US dollars for a million tokens, as price lists have it, to a millionth. */
const UsdPerMillion = z
  .number()
  .min(0)
  .max(100_000)
  .refine((usd) => Math.abs(usd * 1e6 - Math.round(usd * 1e6)) < 1e-3, 'a price has at most six decimals');

const Columns = z.strictObject({
  input: UsdPerMillion,
  output: UsdPerMillion,
  /** Where it is left out, tokens read from a cache cost as input does. */
  cacheRead: UsdPerMillion.optional(),
  /** Where neither is given, tokens written to a cache cost as input does; where one is, so is the other. */
  cacheWrite5m: UsdPerMillion.optional(),
  cacheWrite1h: UsdPerMillion.optional(),
  /** Where it is left out, reasoning costs as output does. */
  reasoning: UsdPerMillion.optional(),
});

/** A price list: US dollars for a million tokens of each column, and when somebody looked. */
export const PriceList = z.strictObject({
  asOf: z.iso.date(),
  ...Columns.shape,
  /** Prices of a call whose prompt is longer than so many tokens, where the provider has others for it. */
  longPrompt: z.strictObject({ above: z.int().min(1), ...Columns.shape }).optional(),
});
export type PriceList = z.infer<typeof PriceList>;

/** What a model costs; `unpriced` says that nobody knows, which is not nothing. */
export const Price = z.union([z.literal('unpriced'), PriceList]);
export type Price = z.infer<typeof Price>;

/** US dollars for a million tokens of each column, for a prompt of this length; what a list leaves out is filled in. */
export function columnsFor(prices: PriceList, prompt: number): Readonly<Record<keyof Usage, number>> {
  const { longPrompt } = prices;
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, reasoning } =
    longPrompt !== undefined && prompt > longPrompt.above ? longPrompt : prices;
  return {
    input,
    output,
    cacheRead: cacheRead ?? input,
    cacheWrite5m: cacheWrite5m ?? cacheWrite1h ?? input,
    cacheWrite1h: cacheWrite1h ?? cacheWrite5m ?? input,
    reasoning: reasoning ?? output,
  };
}
