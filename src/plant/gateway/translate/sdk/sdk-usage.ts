import { z } from 'zod';
import type { Usage } from '../answer/event.ts';

const tokens = z.number().nullish().catch(null);
export const SdkUsage = z.object({
  inputTokens: z.object({ total: tokens, noCache: tokens, cacheRead: tokens, cacheWrite: tokens }),
  outputTokens: z.object({ total: tokens, reasoning: tokens }),
});

/** Reads the tokens of an answer; null where the provider told of none. */
export function usageOf({ inputTokens: sent, outputTokens: said }: z.infer<typeof SdkUsage>): Usage | null {
  if (sent.total == null && said.total == null) return null;
  const [cacheRead, cacheWrite] = [sent.cacheRead ?? 0, sent.cacheWrite ?? 0];
  return {
    input: sent.noCache ?? Math.max(0, (sent.total ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    cacheWriteHour: 0,
    output: said.total ?? 0,
    reasoning: said.reasoning ?? 0,
  };
}
