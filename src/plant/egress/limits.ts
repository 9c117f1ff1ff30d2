/** What one workspace may ask of its egress. */
export interface EgressLimits {
  /** Bytes of one answer's body. */
  readonly bodyBytes: number;
  /** Requests that wait for an answer at once. */
  readonly requests: number;
  /** Time for the head of an upstream's answer, and for each pause in its body, in ms. */
  readonly patienceMs: number;
  /** Distinct package names, and distinct tarballs, that no registry knows; then only those that were found before are asked for. */
  readonly unknownNames: number;
  /** Bytes of one request to the model gateway. */
  readonly promptBytes: number;
  /** As `patienceMs`, for the model gateway: models think. */
  readonly modelPatienceMs: number;
  /** Exchanges with the repository at once; others wait. */
  readonly gitAtOnce: number;
  /** Bytes of one push. */
  readonly pushBytes: number;
  /** Bytes of all pushes of one workspace. */
  readonly pushedBytes: number;
  /** Bytes of one message to the report desk. */
  readonly reportBytes: number;
}

export const defaultLimits: EgressLimits = {
  bodyBytes: 512 * 1024 * 1024,
  requests: 128,
  patienceMs: 120_000,
  unknownNames: 40,
  promptBytes: 32 * 1024 * 1024,
  modelPatienceMs: 600_000,
  gitAtOnce: 4,
  pushBytes: 256 * 1024 * 1024,
  pushedBytes: 1024 * 1024 * 1024,
  reportBytes: 1024 * 1024,
};
