/** How two sides see that the other is there still. */
export interface Beat {
  /** How often the other side is asked for a word, in milliseconds. */
  readonly everyMs: number;
  /** Beats without a word of the other side after which it is taken for gone. */
  readonly mostMissed: number;
}

/** Gone after twenty seconds of silence. */
export const defaultBeat: Beat = { everyMs: 5_000, mostMissed: 4 };

/** Listens for the other side. */
export interface Pulse {
  heard(): void;
  stop(): void;
}

/**
 * Asks each beat, and tells when the other side said nothing for too many. Beats are counted, not time: a
 * process that was stopped for an hour missed one.
 */
export function pulse({ everyMs, mostMissed }: Beat, on: { readonly ask: () => void; readonly silence: (ms: number) => void }): Pulse {
  let missed = 0;
  const timer = setInterval(() => {
    missed += 1;
    if (missed > mostMissed) on.silence(missed * everyMs);
    else on.ask();
  }, everyMs);
  return {
    heard: () => void (missed = 0),
    stop: () => clearInterval(timer),
  };
}
