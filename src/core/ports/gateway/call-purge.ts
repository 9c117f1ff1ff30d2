/** What of the record of calls is removed for good. */
export interface Purge {
  /** What was said, with all sums left; or calls with all that is known of them. */
  readonly what: 'bodies' | 'calls';
  /** ISO 8601; only calls that came before this time. */
  readonly before: string;
  readonly by: string;
}

/** What was removed. */
export interface Purged {
  readonly bodies: number;
  readonly bytes: number;
  readonly calls: number;
  /** Calls from before that stay, as their run has not ended. */
  readonly open: number;
}
