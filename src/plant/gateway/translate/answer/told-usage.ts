import type { AnswerEvent, Usage } from './event.ts';

/** The columns of {@link Usage} as an upstream told them, null for each that it did not tell in a way that can be read. */
type ToldUsage = { readonly [Column in Exclude<keyof Usage, 'untold'>]: number | null };

/** Makes of what an upstream told, and of the characters that were said, the tokens that the caller hears of. */
export type Counting = (told: { readonly usage: Usage | null; readonly said: number }) => Usage | null;

/** The caller hears what was told, and nothing where nothing was. */
export const asTold: Counting = ({ usage }) => usage;

/** What an upstream told of its tokens, null where that is neither what was sent nor what was said. */
export function usageFrom({ input, cacheRead, cacheWrite, cacheWriteHour, output, reasoning }: ToldUsage): Usage | null {
  // What a cache had a part in was sent too; that it had none tells nothing of the rest.
  const isSentTold = input !== null || (cacheRead ?? 0) + (cacheWrite ?? 0) > 0;
  if (!isSentTold && output === null) return null;
  return {
    input: input ?? 0,
    cacheRead: cacheRead ?? 0,
    cacheWrite: cacheWrite ?? 0,
    cacheWriteHour: cacheWriteHour ?? 0,
    output: output ?? 0,
    reasoning: Math.min(reasoning ?? 0, output ?? 0),
    untold: [...(isSentTold ? [] : ['input' as const]), ...(output === null ? ['output' as const] : [])],
  };
}

/** Tells of them in an answer; of none there is nothing to tell. */
export function usageEvents(usage: Usage | null): readonly AnswerEvent[] {
  return usage === null ? [] : [{ kind: 'usage', usage }];
}

/** Tokens without those that a cache had a part in, of an API that counts them among those sent. */
export function uncached(sent: Told, cacheRead: Told, cacheWrite: Told): number | null {
  return sent == null ? null : Math.max(0, sent - (cacheRead ?? 0) - (cacheWrite ?? 0));
}

/** What is left of a sum without a part of it; null where one of them is not told, or they do not fit together. */
export function restOf(sum: Told, part: Told): number | null {
  return sum == null || part == null || sum < part ? null : sum - part;
}

type Told = number | null | undefined;
