const shortestMs = 5;
const longestMs = 2_000;

/**
 * Wakes those who wait when it rings, and from time to time when it does not: what rang may not be there to be seen
 * yet, or may have been missed between two waits. So the next look comes after as long as the last ring lies back,
 * at least 5 ms and at most 2 s.
 */
export class Bell {
  readonly #wakers = new Set<() => void>();
  #rangAt = Number.NEGATIVE_INFINITY;

  readonly ring = (): void => {
    this.#rangAt = performance.now();
    for (const wake of this.#wakers) wake();
  };

  /** Resolves at a ring, at the next look, after `maxMs`, or when the signal is aborted. */
  async wait(maxMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const sinceMs = performance.now() - this.#rangAt;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(maxMs, Math.max(shortestMs, Math.min(sinceMs, longestMs))));
      this.#wakers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
