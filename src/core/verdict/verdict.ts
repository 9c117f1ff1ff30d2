/** The four terminal states of equal worth. */
export const verdicts = ['PR_READY', 'NO_OP', 'ESCALATE', 'RETRYABLE_FAILURE'] as const;
export type Verdict = (typeof verdicts)[number];

export interface Reason {
  /** Stable and machine-readable: 'tests-regressed'. */
  readonly code: string;
  /** One or two sentences for a person, with the values. */
  readonly message: string;
}

/** What the factory must be able to show before it may speak a verdict. */
export const proofObligations: Readonly<Record<Verdict, string>> = {
  PR_READY: 'a harvested change, and every required check of the packet observed to hold',
  NO_OP: 'a no-op rule of the packet, proved by the factory itself',
  ESCALATE: 'the observation that stands in the way, and what a person must decide',
  RETRYABLE_FAILURE: 'a failure of the surroundings of a retryable class, after bounded retries',
};

/**
 * Gives the exit code of a verdict. With `detailed`, NO_OP gets its own code.
 *
 * @example
 * exitCode('NO_OP', { detailed: true }); // 10
 */
export function exitCode(verdict: Verdict, options: { readonly detailed: boolean }): number {
  if (verdict === 'NO_OP' && options.detailed) return 10;
  return { PR_READY: 0, NO_OP: 0, ESCALATE: 3, RETRYABLE_FAILURE: 75 }[verdict];
}

/** Gives the exit code of many verdicts: the one that most needs a person wins, then the one to try again. */
export function exitCodeOfAll(all: readonly Verdict[], options: { readonly detailed: boolean }): number {
  const order: readonly Verdict[] = ['ESCALATE', 'RETRYABLE_FAILURE', 'PR_READY', 'NO_OP'];
  const worst = order.find((verdict) => all.includes(verdict)) ?? 'NO_OP';
  return exitCode(worst, options);
}

/** Names the counter that a verdict increments; no run id among the labels. */
export function verdictMetric(line: string, verdict: Verdict, code: string): VerdictMetric {
  return { name: 'jidoka_runs_total', labels: { line, verdict, reason: code } };
}

export interface VerdictMetric {
  readonly name: 'jidoka_runs_total';
  readonly labels: { readonly line: string; readonly verdict: Verdict; readonly reason: string };
}
