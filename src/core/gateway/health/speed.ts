/** How soon an upstream answers, by what was seen of it; newer answers weigh more. */
export interface Speed {
  /** Milliseconds to the first content; null before the first. */
  readonly firstContentMs: number | null;
  /** Milliseconds that it takes to write a token; null before the first answer that tells. */
  readonly tokenMs: number | null;
}

/** Tokens of a title or of a few sentences. */
const shortAnswer = 100;
/** Of fewer tokens nobody can tell how fast they were written: what ends an answer takes as long. */
const leastTold = 8;
const weightOfNewest = 0.2;

/**
 * Milliseconds in which a whole short answer is to be expected; null where nothing was seen. Where nothing tells how fast it writes, what is
 * known alone counts, so that it is asked and that is seen.
 *
 * @example
 * shortAnswerMs({ firstContentMs: 400, tokenMs: 20 }); // 2400: 50 tokens per second
 */
export function shortAnswerMs({ firstContentMs, tokenMs }: Speed): number | null {
  return firstContentMs === null ? null : firstContentMs + shortAnswer * (tokenMs ?? 0);
}

/**
 * Milliseconds to the first content after one more answer. Of one that came in one piece nobody saw its first content: the time that its
 * upstream takes to write so much is taken off, where that is known.
 */
export function nextFirstContentMs(before: Speed, firstContentMs: number, tokens: number, writingMs: number): number {
  const unseen = writingMs > 0 ? 0 : tokens * (before.tokenMs ?? 0);
  return mixed(before.firstContentMs, Math.max(0, firstContentMs - unseen));
}

/** Milliseconds for a token after one more answer; `writingMs` are those from its first content to its end, 0 where it came in one piece. */
export function nextTokenMs(before: number | null, tokens: number, writingMs: number): number | null {
  return tokens < leastTold || writingMs <= 0 ? before : mixed(before, writingMs / (tokens - 1));
}

/** The mean of what was seen, in which the newest weighs a fifth. */
export function mixed(before: number | null, newest: number): number {
  return before === null ? newest : before + weightOfNewest * (newest - before);
}
