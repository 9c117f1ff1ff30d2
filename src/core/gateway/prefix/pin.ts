/** Where a session is answered, and how much of it lies in the cache there. */
export interface Pin {
  readonly model: string;
  /** `PROVIDER/NAME`. */
  readonly at: string;
  /** Tokens of the session that were last sent there. */
  readonly prefix: number;
  /** When, in milliseconds. */
  readonly usedAt: number;
  readonly keeps: '5m' | '1h';
}

const keptMs = { '5m': 5 * 60_000, '1h': 60 * 60_000 } as const;

/** Tokens of a prompt that are still in the cache where the session is pinned. */
export function warmPrefix(pin: Pin, now: number): number {
  return now - pin.usedAt < keptMs[pin.keeps] ? pin.prefix : 0;
}

/** What a session's next call finds. */
export interface Turn {
  /** A tool was called and its result is in this call: the model is in the middle of a thought. */
  readonly isOpenExchange: boolean;
  /** Whether the upstream of the pin may be asked now. */
  readonly isUsable: boolean;
  /** Whether a switch is worth what it costs, by {@link adviseSwitch}. */
  readonly isWorth: boolean;
  readonly now: number;
}

/**
 * Whether a session stays where it is. Once there, it leaves only when its upstream cannot be asked, or between two turns for what
 * is worth it; a cache that has gone cold makes a switch cheaper, and is no reason for one.
 */
export function staysPinned({ isOpenExchange, isUsable, isWorth }: Turn): boolean {
  return isUsable && (isOpenExchange || !isWorth);
}

/** How long a prompt should be kept: an hour where the next call may come after a person or a long test run. */
export function cacheTime({ hasGates, longestCommandMs }: { readonly hasGates: boolean; readonly longestCommandMs: number }): '5m' | '1h' {
  return hasGates || longestCommandMs > 4 * 60_000 ? '1h' : '5m';
}
