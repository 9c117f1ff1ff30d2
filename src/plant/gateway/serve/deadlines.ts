/** How long the gateway waits, and how much it takes. */
export interface Deadlines {
  /** To a connection with an upstream. */
  readonly connectMs: number;
  /** From the request to the head of a stream. */
  readonly firstByteMs: number;
  /** From the request to the head of an answer in one piece: that is when the model is done. */
  readonly wholeMs: number;
  /** Between two pieces of an answer. */
  readonly silenceMs: number;
  /** From where an answer told of its end to the end of its stream. */
  readonly closeMs: number;
  /** All tries of one request together. */
  readonly triesMs: number;
  /** The longest answer, in time and in bytes. */
  readonly answerMs: number;
  readonly answerBytes: number;
  /** The longest request. */
  readonly bodyBytes: number;
}

export const usualDeadlines: Deadlines = {
  connectMs: 10_000,
  firstByteMs: 120_000,
  wholeMs: 10 * 60_000,
  silenceMs: 120_000,
  closeMs: 1_000,
  triesMs: 10 * 60_000,
  answerMs: 60 * 60_000,
  answerBytes: 64 * 2 ** 20,
  bodyBytes: 64 * 2 ** 20,
};
