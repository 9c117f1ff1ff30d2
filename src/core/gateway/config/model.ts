import { z } from 'zod';
import { Price } from '../money/price.ts';

/** A model as one provider has it: `PROVIDER/NAME`, the name as that provider writes it. */
export const UpstreamName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}\/[!-~]{1,200}$/, 'an upstream is "PROVIDER/NAME"');
export type UpstreamName = z.infer<typeof UpstreamName>;

const Upstream = z.union([
  UpstreamName,
  z.strictObject({
    at: UpstreamName,
    /** What this provider takes, where it is not the price of the model. */
    price: Price,
  }),
]);

/** What a model can do that not every model can. */
export const Capability = z.enum(['tools', 'parallel-tools', 'images', 'thinking', 'json']);
export type Capability = z.infer<typeof Capability>;

/** A model, wherever it runs. */
export const Model = z.strictObject({
  /** Where it runs, in the order in which it is tried. */
  upstreams: z.array(Upstream).min(1).max(10),
  /** US dollars for a million tokens, or `unpriced`. */
  price: Price,
  /** Tokens of prompt and answer together. */
  window: z.int().min(1),
  /** Tokens of the longest answer. */
  output: z.int().min(1),
  capabilities: z.array(Capability),
  /**
   * `insert`: where a caller says nothing of the cache, the gateway does: marks of the Messages API, a key of the cache for those of OpenAI.
   * It stands with the model because it is the price of the model that says whether a prompt is worth writing to a cache.
   */
  cacheMarks: z.enum(['insert']).optional(),
  weights: z.enum(['open', 'closed']),
  /** Its name in the table of priors (models/priors.json), for routing. */
  prior: z.string().min(1).optional(),
});
export type Model = z.infer<typeof Model>;

/** The upstreams of a model in their order, each with its price. */
export function upstreamsOf({ upstreams, price }: Model): readonly { readonly at: UpstreamName; readonly price: Price }[] {
  return upstreams.map((upstream) => (typeof upstream === 'string' ? { at: upstream, price } : upstream));
}

/**
 * The two halves of an upstream's name.
 *
 * @example
 * partsOf('house/qwen/qwen3-coder'); // { provider: 'house', model: 'qwen/qwen3-coder' }
 */
export function partsOf(name: UpstreamName): { readonly provider: string; readonly model: string } {
  const at = name.indexOf('/');
  return { provider: name.slice(0, at), model: name.slice(at + 1) };
}
