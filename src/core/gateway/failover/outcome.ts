/** What the body of a refusal says, as far as whoever speaks the protocol recognised it. */
export type Said =
  | 'overloaded'
  | 'rate-limited'
  /** The account is empty, or its plan is used up: no waiting mends that. */
  | 'quota'
  /** A key, an account or a country is refused, with whatever status. */
  | 'account'
  | 'context-overflow'
  /** Thinking in the history is not signed, or signed by somebody else. */
  | 'foreign-thinking'
  | 'cache-marks'
  /** The model is not there, or nothing is at this address. */
  | 'unknown-model'
  /** Something else is not there that only this request names. */
  | 'missing'
  /** It does not answer to what this request says. */
  | 'flagged'
  /** It cannot serve this request as it is, for its length or for what it asks; others it can. */
  | 'unfit';

/** What became of one try at one upstream. */
export type Outcome =
  /** Its first content came. */
  | { readonly kind: 'content' }
  /** It refused, by its status or by an error in an answer that began with 200, before any content. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      /** Whether it told so within an answer that began with 200: `status` is what its words come to. */
      readonly isWithin?: boolean;
      readonly said: Said | null;
      readonly retryAfterMs: number | null;
    }
  /** No connection: name, network, certificate; `why` is for people. */
  | { readonly kind: 'unreachable'; readonly why: string | null }
  /** Nothing came in the time for the first byte. */
  | { readonly kind: 'silent' }
  /** What came is not its protocol, or it ended before any content: a page of HTML, half a chunk. */
  | { readonly kind: 'garbled' }
  /** It broke off after content had gone out. */
  | { readonly kind: 'broken-off' }
  /** Whoever asked is gone. */
  | { readonly kind: 'left' };
