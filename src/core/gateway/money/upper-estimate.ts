import type { Amount } from '../budget/amount.ts';
import { costOf } from './cost.ts';
import { columnsFor, type Price } from './price.ts';
import { noUsage, type Usage } from './usage.ts';

/** What is known of a call before it is made. */
export interface CallAhead {
  /** Bytes of its body, those of images left out. */
  readonly textBytes: number;
  /** Pictures in it that the call before did not have. */
  readonly images: number;
  /** Tokens of the model's window where the prompt may hold what its body only refers to; null where all of it is in the body. */
  readonly window: number | null;
  /** Most tokens that all its answers may have; what the model allows where the caller says nothing. */
  readonly maxOutput: number;
  /** How long the provider may be asked to keep the prompt: it costs more than to read it once. */
  readonly cache: 'none' | '5m' | '1h';
  /** The call of the same session before: bytes and tokens of its prompt. */
  readonly before: { readonly textBytes: number; readonly promptTokens: number } | null;
}

/** Text of programs has 3 to 4 bytes for a token, the densest that was seen has 2. */
const leastBytesPerToken = 2;
/** Providers count a picture of the largest size that they take as fewer. */
const mostTokensPerImage = 6000;

/**
 * Most tokens that the prompt may have. What a session sent before is known; only what came since is estimated. What lies elsewhere may
 * be as long as a prompt can be.
 *
 * @example
 * upperPromptTokens({ textBytes: 4000, images: 0, window: null, … , before: null }); // 2000
 */
export function upperPromptTokens({ textBytes, images, before, window }: CallAhead): number {
  const grows = before !== null && before.textBytes <= textBytes;
  const [known, bytes] = grows ? [before.promptTokens, textBytes - before.textBytes] : [0, textBytes];
  return Math.max(known + Math.ceil(bytes / leastBytesPerToken) + images * mostTokensPerImage, window ?? 0);
}

/** The most that a call may come to. Where its price is unknown only its tokens are: whoever takes that for nothing breaks a cap. */
export type UpperEstimate = { readonly kind: 'priced'; readonly amount: Amount } | { readonly kind: 'unpriced'; readonly tokens: number };

/** What is reserved before a call, from its size and the longest answer that it allows. */
export function upperEstimate(call: CallAhead, price: Price): UpperEstimate {
  const prompt = upperPromptTokens(call);
  const tokens = prompt + call.maxOutput;
  if (price === 'unpriced') return { kind: 'unpriced', tokens };
  const perMillion = columnsFor(price, prompt);
  const sent = dearer(perMillion, 'input', written[call.cache]);
  const said = dearer(perMillion, 'output', 'reasoning');
  const cost = costOf({ ...noUsage, [sent]: prompt, [said]: call.maxOutput }, price);
  return { kind: 'priced', amount: { microUsd: cost.kind === 'priced' ? cost.microUsd : 0, tokens, calls: 1 } };
}

/** The column that a prompt counts in where all of it is put into a cache. */
const written = { none: 'input', '5m': 'cacheWrite5m', '1h': 'cacheWrite1h' } as const;

function dearer(perMillion: Readonly<Record<keyof Usage, number>>, one: keyof Usage, other: keyof Usage): keyof Usage {
  return perMillion[other] > perMillion[one] ? other : one;
}
