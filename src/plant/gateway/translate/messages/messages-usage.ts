import { z } from 'zod';
import type { Usage } from '../answer/event.ts';
import { uncached, usageFrom } from '../answer/told-usage.ts';
import { tokens } from '../conversation/read-body.ts';

/** Some servers tell of tokens in the words of Chat Completions. */
export const MessagesUsage = z.object({
  input_tokens: tokens,
  prompt_tokens: tokens,
  cache_creation_input_tokens: tokens,
  cache_read_input_tokens: tokens,
  output_tokens: tokens,
  completion_tokens: tokens,
  cache_creation: z.object({ ephemeral_1h_input_tokens: tokens }).nullish().catch(null),
  output_tokens_details: z.object({ thinking_tokens: tokens }).nullish().catch(null),
});
export type MessagesUsage = z.infer<typeof MessagesUsage>;

/** What is said later counts; what is not said again stands. */
export function mergedUsage(before: MessagesUsage, more: MessagesUsage): MessagesUsage {
  const own = { ...more, input_tokens: more.input_tokens ?? sentIn(more), output_tokens: more.output_tokens ?? more.completion_tokens };
  return { ...before, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value != null)) };
}

/** Reads the tokens of an answer. */
export function usageOf(told: MessagesUsage): Usage | null {
  const { cache_read_input_tokens: cacheRead = null, cache_creation_input_tokens: cacheWrite = null } = told;
  return usageFrom({
    input: told.input_tokens ?? sentIn(told),
    cacheRead,
    cacheWrite,
    cacheWriteHour: told.cache_creation?.ephemeral_1h_input_tokens ?? null,
    output: told.output_tokens ?? told.completion_tokens ?? null,
    reasoning: told.output_tokens_details?.thinking_tokens ?? null,
  });
}

/** The tokens of an answer that begins: what is said of its length then is no more than a beginning. */
export function usageAhead(told: MessagesUsage): Usage | null {
  const usage = usageOf(told);
  return usage === null ? null : { ...usage, untold: [...usage.untold.filter((column) => column !== 'output'), 'output'] };
}

/** What was sent, in the words of an API that counts what a cache had a part in among it. */
function sentIn({
  prompt_tokens: sent,
  cache_read_input_tokens: read,
  cache_creation_input_tokens: written,
}: MessagesUsage): number | null {
  return uncached(sent, read, written);
}

/** Writes them. Who was told nothing by the upstream tells of none. */
export function messagesUsage(usage: Usage | null): Readonly<Record<string, unknown>> {
  return {
    input_tokens: usage?.input ?? 0,
    cache_creation_input_tokens: usage?.cacheWrite ?? 0,
    cache_read_input_tokens: usage?.cacheRead ?? 0,
    output_tokens: usage?.output ?? 0,
    ...(usage !== null &&
      usage.cacheWriteHour > 0 && {
        cache_creation: {
          ephemeral_5m_input_tokens: usage.cacheWrite - usage.cacheWriteHour,
          ephemeral_1h_input_tokens: usage.cacheWriteHour,
        },
      }),
  };
}
