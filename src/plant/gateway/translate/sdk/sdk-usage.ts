import { z } from 'zod';
import type { Usage } from '../answer/event.ts';
import { uncached, usageFrom } from '../answer/told-usage.ts';
import { tokens } from '../conversation/read-body.ts';

export const SdkUsage = z.object({
  inputTokens: z.object({ total: tokens, noCache: tokens, cacheRead: tokens, cacheWrite: tokens }),
  outputTokens: z.object({ total: tokens, reasoning: tokens }),
});

/** Reads the tokens of an answer; null where the provider told of none. */
export function usageOf({ inputTokens: sent, outputTokens: said }: z.infer<typeof SdkUsage>): Usage | null {
  const { cacheRead = null, cacheWrite = null } = sent;
  return usageFrom({
    input: sent.noCache ?? uncached(sent.total, cacheRead, cacheWrite),
    cacheRead,
    cacheWrite,
    cacheWriteHour: null,
    output: said.total ?? null,
    reasoning: said.reasoning ?? null,
  });
}
