import { z } from 'zod';
import type { Usage } from '../answer/event.ts';
import { tokens } from '../conversation/read-body.ts';
import type { Members } from '../protocol.ts';

export const GeminiUsage = z.object({
  promptTokenCount: tokens,
  cachedContentTokenCount: tokens,
  toolUsePromptTokenCount: tokens,
  candidatesTokenCount: tokens,
  thoughtsTokenCount: tokens,
});

/** Reads the tokens of an answer: what a cache gave is among those sent, what was thought is not among those said. */
export function usageOf(said: z.infer<typeof GeminiUsage>): Usage {
  const cacheRead = said.cachedContentTokenCount ?? 0;
  const reasoning = said.thoughtsTokenCount ?? 0;
  return {
    input: Math.max(0, (said.promptTokenCount ?? 0) + (said.toolUsePromptTokenCount ?? 0) - cacheRead),
    cacheRead,
    cacheWrite: 0,
    cacheWriteHour: 0,
    output: (said.candidatesTokenCount ?? 0) + reasoning,
    reasoning,
  };
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
