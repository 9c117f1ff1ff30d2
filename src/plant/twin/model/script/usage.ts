import type { Chunk, ModelCall } from '../call.ts';
import { argumentsText, type ReplyPart, type Usage } from '../reply.ts';

/** Tokens of a text: one for four bytes, begun ones whole. */
export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** Tokens of a whole prompt. */
export function promptTokens(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, { text }) => sum + tokensOf(text), 0);
}

/** Tokens of an answer, and what of its prompt a cache holds from now on. */
export interface Counted {
  readonly usage: Usage;
  readonly kept: readonly string[];
}

/**
 * Counts an answer. What a cache gives is the beginning of the prompt that was kept before, piece by piece. The Messages
 * API keeps as far as it is asked to, the others keep everything and charge nothing for it.
 */
export function counted(call: ModelCall, parts: readonly ReplyPart[], before: readonly string[]): Counted {
  const { chunks } = call;
  const asked = call.protocol === 'messages' ? chunks.findLastIndex(({ keep }) => keep) + 1 : chunks.length;
  const different = chunks.findIndex(({ text }, at) => text !== before[at]);
  const common = Math.min(different === -1 ? chunks.length : different, asked, before.length);
  const cacheRead = promptTokens(chunks.slice(0, common));
  const fresh = promptTokens(chunks.slice(common, asked));
  const rest = promptTokens(chunks.slice(asked));
  const isCharged = call.protocol === 'messages';
  const { output, reasoning } = outputOf(parts);
  return {
    usage: { input: rest + (isCharged ? 0 : fresh), cacheRead, cacheWrite: isCharged ? fresh : 0, output, reasoning },
    kept: chunks.slice(0, asked).map(({ text }) => text),
  };
}

function outputOf(parts: readonly ReplyPart[]): Pick<Usage, 'output' | 'reasoning'> {
  let output = 0;
  let reasoning = 0;
  for (const part of parts) {
    const tokens = part.kind === 'call' ? tokensOf(part.tool.name) + tokensOf(argumentsText(part)) : tokensOf(part.text);
    output += tokens;
    if (part.kind === 'thought') reasoning += tokens;
  }
  return { output, reasoning };
}
