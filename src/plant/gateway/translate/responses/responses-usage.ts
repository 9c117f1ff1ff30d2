import { z } from 'zod';
import type { Usage } from '../answer/event.ts';
import { restOf, uncached, usageFrom } from '../answer/told-usage.ts';
import { tokens } from '../conversation/read-body.ts';
import type { Members } from '../protocol.ts';

const SentDetails = z.object({ cached_tokens: tokens, cache_write_tokens: tokens }).nullish().catch(null);
const SaidDetails = z.object({ reasoning_tokens: tokens }).nullish().catch(null);
/** Some servers tell of tokens in the words of the older API. */
export const ResponsesUsage = z.object({
  input_tokens: tokens,
  prompt_tokens: tokens,
  input_tokens_details: SentDetails,
  prompt_tokens_details: SentDetails,
  output_tokens: tokens,
  completion_tokens: tokens,
  output_tokens_details: SaidDetails,
  completion_tokens_details: SaidDetails,
  total_tokens: tokens,
});

/** Reads the tokens of an answer: what a cache gave is among those sent. */
export function usageOf(told: z.infer<typeof ResponsesUsage>): Usage | null {
  const details = told.input_tokens_details ?? told.prompt_tokens_details;
  const cacheRead = details?.cached_tokens ?? null;
  const cacheWrite = details?.cache_write_tokens ?? null;
  const said = told.output_tokens ?? told.completion_tokens ?? null;
  const sent = told.input_tokens ?? told.prompt_tokens ?? restOf(told.total_tokens, said);
  return usageFrom({
    input: uncached(sent, cacheRead, cacheWrite),
    cacheRead,
    cacheWrite,
    cacheWriteHour: null,
    output: said ?? restOf(told.total_tokens, sent),
    reasoning: (told.output_tokens_details ?? told.completion_tokens_details)?.reasoning_tokens ?? null,
  });
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
