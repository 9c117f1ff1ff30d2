import { promptTokens, type Usage } from '../money/usage.ts';

/** How much of what a session sends is read from a cache. */
export interface ReadShare {
  /** From 0 to 1, newer calls weighing more; null before the second call. */
  readonly level: number | null;
  readonly calls: number;
}

export const noReadShare: ReadShare = { level: null, calls: 0 };

const weightOfNewest = 0.3;
/** A call may read half of what is usual: a large file came in. Less than that, and the prefix was lost. */
const leastOfUsual = 0.5;
const callsBeforeAlarm = 4;

/**
 * Takes a call into the level of its session, and says whether the cache was lost: that makes every further call about five times
 * as dear and shows nowhere else. The first call of a session reads nothing and says nothing.
 */
export function withCall(share: ReadShare, usage: Usage): { readonly share: ReadShare; readonly isLost: boolean } {
  const calls = share.calls + 1;
  const prompt = promptTokens(usage);
  if (share.calls === 0 || prompt === 0) return { share: { ...share, calls }, isLost: false };
  const now = usage.cacheRead / prompt;
  const level = share.level === null ? now : share.level + weightOfNewest * (now - share.level);
  const isLost = share.calls >= callsBeforeAlarm && share.level !== null && share.level > 0.2 && now < share.level * leastOfUsual;
  return { share: { level, calls }, isLost };
}
