import { z } from 'zod';
import type { Usage } from '../answer/event.ts';
import { tokens } from '../conversation/read-body.ts';

export const MessagesUsage = z.object({
  input_tokens: tokens,
  cache_creation_input_tokens: tokens,
  cache_read_input_tokens: tokens,
  output_tokens: tokens,
  cache_creation: z.object({ ephemeral_1h_input_tokens: tokens }).nullish().catch(null),
  output_tokens_details: z.object({ thinking_tokens: tokens }).nullish().catch(null),
});
export type MessagesUsage = z.infer<typeof MessagesUsage>;

/** What is said later counts; what is not said again stands. */
export function mergedUsage(before: MessagesUsage, more: MessagesUsage): MessagesUsage {
  return { ...before, ...Object.fromEntries(Object.entries(more).filter(([, value]) => value != null)) };
}

/** Reads the tokens of an answer. */
export function usageOf(said: MessagesUsage): Usage {
  return {
    input: said.input_tokens ?? 0,
    cacheRead: said.cache_read_input_tokens ?? 0,
    cacheWrite: said.cache_creation_input_tokens ?? 0,
    cacheWriteHour: said.cache_creation?.ephemeral_1h_input_tokens ?? 0,
    output: said.output_tokens ?? 0,
    reasoning: said.output_tokens_details?.thinking_tokens ?? 0,
  };
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
