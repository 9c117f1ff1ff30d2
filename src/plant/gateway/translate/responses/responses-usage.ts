import { z } from 'zod';
import type { Usage } from '../answer/event.ts';
import { tokens } from '../conversation/read-body.ts';
import type { Members } from '../protocol.ts';

export const ResponsesUsage = z.object({
  input_tokens: tokens,
  input_tokens_details: z.object({ cached_tokens: tokens, cache_write_tokens: tokens }).nullish().catch(null),
  output_tokens: tokens,
  output_tokens_details: z.object({ reasoning_tokens: tokens }).nullish().catch(null),
});

/** Reads the tokens of an answer: what a cache gave is among those sent. */
export function usageOf(said: z.infer<typeof ResponsesUsage>): Usage {
  const cacheRead = said.input_tokens_details?.cached_tokens ?? 0;
  const cacheWrite = said.input_tokens_details?.cache_write_tokens ?? 0;
  return {
    input: Math.max(0, (said.input_tokens ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    cacheWriteHour: 0,
    output: said.output_tokens ?? 0,
    reasoning: said.output_tokens_details?.reasoning_tokens ?? 0,
  };
}

/** Writes them. */
export function responsesUsage({ input, cacheRead, cacheWrite, output, reasoning }: Usage): Members {
  const sent = input + cacheRead + cacheWrite;
  return {
    input_tokens: sent,
    input_tokens_details: { cached_tokens: cacheRead, ...(cacheWrite > 0 && { cache_write_tokens: cacheWrite }) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: sent + output,
  };
}
