/** What was planted on the host for a command to reach, and what of it was reached. */
export interface Planted {
  /** Told to each attempt: where things are, and secrets in halves, so that what is looked for is not found in whoever looks. */
  readonly env: Readonly<Record<string, string>>;
  /** What has reached the host since this was asked last: servers that were talked to, files that were written. Mends the files. */
  reached(): Promise<readonly string[]>;
  /** Processes of the host that carry a mark in their command line. */
  running(mark: string): Promise<readonly number[]>;
  /** Ends and removes all of it. */
  close(): Promise<void>;
}
