import { z } from 'zod';
import type { Usage } from '../answer/event.ts';
import { tokens } from '../conversation/read-body.ts';
import type { Members } from '../protocol.ts';

export const ChatUsage = z.object({
  prompt_tokens: tokens,
  completion_tokens: tokens,
  /** `cache_write_tokens` is told by some servers that charge for it. */
  prompt_tokens_details: z.object({ cached_tokens: tokens, cache_write_tokens: tokens }).nullish().catch(null),
  prompt_cache_hit_tokens: tokens,
  completion_tokens_details: z.object({ reasoning_tokens: tokens }).nullish().catch(null),
});

/** Reads the tokens of an answer: what a cache gave is among those sent. */
export function usageOf(said: z.infer<typeof ChatUsage>): Usage {
  const { prompt_tokens: sent, prompt_tokens_details: details, completion_tokens: output } = said;
  const cacheRead = details?.cached_tokens ?? said.prompt_cache_hit_tokens ?? 0;
  const cacheWrite = details?.cache_write_tokens ?? 0;
  return {
    input: Math.max(0, (sent ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    cacheWriteHour: 0,
    output: output ?? 0,
    reasoning: said.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}

/** Writes them. */
export function chatUsage({ input, cacheRead, cacheWrite, output, reasoning }: Usage): Members {
  const sent = input + cacheRead + cacheWrite;
  return {
    prompt_tokens: sent,
    completion_tokens: output,
    total_tokens: sent + output,
    prompt_tokens_details: { cached_tokens: cacheRead, ...(cacheWrite > 0 && { cache_write_tokens: cacheWrite }) },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}
