/** A piece of a streamed answer: what comes before any content, content itself (text, thinking, a tool call), an error, or the end. */
export type Piece = 'preamble' | 'content' | 'error' | 'end';

export interface Hold {
  /** Once it flows, the caller has seen something of this answer. */
  readonly phase: 'holding' | 'flowing' | 'over';
  /** Bytes that are kept back. */
  readonly held: number;
}

/**
 * What to do with a piece: `keep` it back, `release` it with all that was kept back, `pass` it on, `fail` unseen so
 * that another upstream may answer, or `break-off` with an error of the caller's protocol that asks for a retry.
 */
export type HoldAct = 'keep' | 'release' | 'pass' | 'fail' | 'break-off';

export const holding: Hold = { phase: 'holding', held: 0 };

/**
 * More than this before any content is no answer. Some tell twice, before they begin, what they were told: instructions and tools. The
 * largest windows take a million tokens, about four megabytes. Only who was sent so much holds so much, and sixteen such calls 128 MB.
 */
const mostHeld = 8 * 2 ** 20;

/**
 * Holds an answer back until its first real content, so that an error after a 200, or an early cut, is seen by nobody.
 *
 * @example
 * held(holding, 'error', 80).act; // 'fail'
 */
export function held(hold: Hold, piece: Piece, bytes: number): { readonly hold: Hold; readonly act: HoldAct } {
  if (hold.phase !== 'holding') {
    if (piece === 'error') return { hold: { phase: 'over', held: 0 }, act: 'break-off' };
    return { hold: { phase: piece === 'end' ? 'over' : hold.phase, held: 0 }, act: 'pass' };
  }
  if (piece === 'error') return { hold: { phase: 'over', held: 0 }, act: 'fail' };
  // An answer that ends without content is an answer: a model may have nothing to say.
  if (piece === 'end') return { hold: { phase: 'over', held: 0 }, act: 'release' };
  if (piece === 'content') return { hold: { phase: 'flowing', held: 0 }, act: 'release' };
  const sum = hold.held + bytes;
  if (sum > mostHeld) return { hold: { phase: 'over', held: 0 }, act: 'fail' };
  return { hold: { phase: 'holding', held: sum }, act: 'keep' };
}
