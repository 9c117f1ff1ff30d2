/** What one workspace may ask of its egress. */
export interface EgressLimits {
  /** Bytes of one answer's body. */
  readonly bodyBytes: number;
  /** Requests that wait for an answer at once. */
  readonly requests: number;
  /** Time for the head of an upstream's answer, and for each pause in its body, in ms. */
  readonly patienceMs: number;
  /** Distinct package names that no registry knows; then only packages that were found before are asked for. */
  readonly unknownNames: number;
}

export const defaultLimits: EgressLimits = {
  bodyBytes: 512 * 1024 * 1024,
  requests: 128,
  patienceMs: 120_000,
  unknownNames: 40,
};
