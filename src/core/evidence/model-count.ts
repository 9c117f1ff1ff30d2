import type { Usage } from '../gateway/money/usage.ts';

/** Calls of one station to one model. */
export interface ModelCount {
  readonly stage: string | null;
  readonly station: string;
  readonly model: string;
  readonly calls: number;
  /** Tokens, each in one column alone. */
  readonly usage: Usage;
  /** Millionths of a US dollar that calls of known price came to. */
  readonly microUsd: number;
  /** Calls whose price nobody knows. */
  readonly unpricedCalls: number;
  /** Oldest date of the price lists; null where none went into it. */
  readonly asOf: string | null;
  /** Millionths of a US dollar that caches of providers saved. */
  readonly savedMicroUsd: number;
  /** Calls whose tokens are a guess. */
  readonly estimatedCalls: number;
}

/** Calls of one turn of a station that a budget had no room for. */
export interface RefusedCalls {
  readonly calls: number;
  /** What the last of them was told; '' where nobody knows any more. */
  readonly sentence: string;
  /** Whether another call was answered after the last of them. */
  readonly answeredAfter: boolean;
}

export function refusedWords({ calls, sentence }: Pick<RefusedCalls, 'calls' | 'sentence'>): string {
  return `A budget refused ${calls === 1 ? '1 call' : `${calls} calls`} of models${sentence === '' ? '.' : `: ${sentence}`}`;
}
