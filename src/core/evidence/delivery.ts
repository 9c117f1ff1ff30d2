/** What reached the outside, each effect once. */
export interface Delivery {
  readonly target: string;
  readonly branch: string | null;
  readonly commit: string | null;
  readonly evidenceRef: string | null;
  readonly evidenceCommit: string | null;
  readonly evidenceDir: string;
  /** Why an effect was withheld: dry run, no permission; null where all was delivered. */
  readonly withheld: string | null;
}
