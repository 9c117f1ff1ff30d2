/** An upstream that is left alone. */
export interface Rest {
  /** `PROVIDER/NAME`. */
  readonly at: string;
  /** Milliseconds since 1970, by the clock that all who share it go by. */
  readonly until: number;
  /** It failed again and again, asked for rest, or refused the key or the model. */
  readonly why: 'failed' | 'rests' | 'cut';
  /** How often it was left alone in a row without an answer between. */
  readonly opened: number;
  /** Who found it so. */
  readonly by: string;
  /** When a try of somebody, to see whether it is well again, counts as lost; null where nobody tries. */
  readonly probeUntil: number | null;
}

/** What gateways tell each other of the health of upstreams. */
export interface UpstreamHealth {
  /** What is known by now, by upstream; the same map while nothing changed. */
  rests(): ReadonlyMap<string, Rest>;
  /** Milliseconds since 1970, by the clock of these. */
  now(): number;
  /** Tells the others that upstreams are to be left alone; they know within a second or so. */
  tell(rests: readonly Omit<Rest, 'by' | 'probeUntil'>[]): void;
  /** Tells the others that the upstream that this one tried is well again. */
  well(at: string): void;
  /** Whether this one is to try an upstream whose rest is over: of all who ask at once, one is. */
  mayProbe(at: string): Promise<boolean>;
}

/** An upstream that some gateway left alone, for those who look at it. Times are ISO 8601. */
export interface UpstreamRest extends Pick<Rest, 'at' | 'why' | 'by'> {
  readonly since: string;
  /** From then on somebody tries whether it is well again. */
  readonly until: string;
  /** Whether somebody does just now. */
  readonly tried: boolean;
}
