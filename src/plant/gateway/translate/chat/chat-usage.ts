import { z } from 'zod';
import type { Usage } from '../answer/event.ts';
import { restOf, uncached, usageFrom } from '../answer/told-usage.ts';
import { tokens } from '../conversation/read-body.ts';
import type { Members } from '../protocol.ts';

/** `cache_write_tokens` is told by some servers that charge for it. */
const SentDetails = z.object({ cached_tokens: tokens, cache_write_tokens: tokens }).nullish().catch(null);
const SaidDetails = z.object({ reasoning_tokens: tokens }).nullish().catch(null);
/** Some servers tell of tokens in the words of the other APIs. */
export const ChatUsage = z.object({
  prompt_tokens: tokens,
  input_tokens: tokens,
  completion_tokens: tokens,
  output_tokens: tokens,
  total_tokens: tokens,
  prompt_tokens_details: SentDetails,
  input_tokens_details: SentDetails,
  prompt_cache_hit_tokens: tokens,
  completion_tokens_details: SaidDetails,
  output_tokens_details: SaidDetails,
});

/** Reads the tokens of an answer: what a cache gave is among those sent. */
export function usageOf(told: z.infer<typeof ChatUsage>): Usage | null {
  const details = told.prompt_tokens_details ?? told.input_tokens_details;
  const cacheRead = details?.cached_tokens ?? told.prompt_cache_hit_tokens ?? null;
  const cacheWrite = details?.cache_write_tokens ?? null;
  const said = told.completion_tokens ?? told.output_tokens ?? null;
  const sent = told.prompt_tokens ?? told.input_tokens ?? restOf(told.total_tokens, said);
  const reasoning = (told.completion_tokens_details ?? told.output_tokens_details)?.reasoning_tokens ?? null;
  const rest = restOf(told.total_tokens, sent);
  const output = said === null ? rest : said + thoughtBeside(said, reasoning ?? 0, rest);
  return usageFrom({ input: uncached(sent, cacheRead, cacheWrite), cacheRead, cacheWrite, cacheWriteHour: null, output, reasoning });
}

/** Tokens of thoughts that are not among those said: some servers count them beside, which their sum shows, or that they are more. */
function thoughtBeside(said: number, reasoning: number, rest: number | null): number {
  const isBeside = rest === null ? reasoning > said : rest === said + reasoning;
  return isBeside ? reasoning : 0;
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
