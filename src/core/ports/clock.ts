/** Time, given: core and works never read a clock of their own. */
export interface Clock {
  /** ISO 8601 in UTC with milliseconds. */
  now(): string;
  /** The same time in milliseconds since 1970. */
  epochMs(): number;
  /** Milliseconds of a clock that never goes back, for durations. */
  monotonicMs(): number;
  /** Waits; ends early, without an error, when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
