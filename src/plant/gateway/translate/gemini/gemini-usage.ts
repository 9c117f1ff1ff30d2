import { z } from 'zod';
import type { Usage } from '../answer/event.ts';
import { restOf, uncached, usageFrom } from '../answer/told-usage.ts';
import { tokens } from '../conversation/read-body.ts';
import type { Members } from '../protocol.ts';
import { inCamelCase } from './camel-case.ts';

/** Some servers write the names with underlines. */
export const GeminiUsage = z.preprocess(
  inCamelCase,
  z.object({
    promptTokenCount: tokens,
    cachedContentTokenCount: tokens,
    toolUsePromptTokenCount: tokens,
    candidatesTokenCount: tokens,
    thoughtsTokenCount: tokens,
    totalTokenCount: tokens,
  }),
);

/** Reads the tokens of an answer: what a cache gave is among those sent, what was thought is not among those said. */
export function usageOf(told: z.infer<typeof GeminiUsage>): Usage | null {
  const { cachedContentTokenCount: cacheRead = null, thoughtsTokenCount: reasoning = null, totalTokenCount: total } = told;
  const said = together(told.candidatesTokenCount, reasoning);
  const sent = together(told.promptTokenCount, told.toolUsePromptTokenCount) ?? restOf(total, said);
  // What no candidate counts may still be part of the sum: nothing else is.
  const output = told.candidatesTokenCount == null ? (restOf(total, sent) ?? said) : said;
  return usageFrom({ input: uncached(sent, cacheRead, null), cacheRead, cacheWrite: null, cacheWriteHour: null, output, reasoning });
}

/** A sum of what is told; null where nothing of it is. */
function together(one: number | null | undefined, other: number | null | undefined): number | null {
  return one == null && other == null ? null : (one ?? 0) + (other ?? 0);
}

/** Writes them. */
export function geminiUsage({ input, cacheRead, cacheWrite, output, reasoning }: Usage): Members {
  const sent = input + cacheRead + cacheWrite;
  return {
    promptTokenCount: sent,
    cachedContentTokenCount: cacheRead,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: sent + output,
  };
}
