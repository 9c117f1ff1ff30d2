import type { TokenUsage } from '../../../core/station/session-event.ts';

type Tokens = Omit<TokenUsage, 'scope'>;

/** Tokens of one job, however its harness counts them. */
export interface TokenCount {
  add(usage: TokenUsage): void;
  /** All so far; null where nothing was said of them. */
  sum(): Tokens | null;
}

/** A count of a whole session takes the place of the one before; those of calls and turns are added up. */
export function countTokens(): TokenCount {
  let added: Tokens | null = null;
  let session: Tokens | null = null;
  return {
    add: ({ scope, ...tokens }) => {
      if (scope === 'session') session = tokens;
      else added = plus(added, tokens);
    },
    sum: () => (session === null ? added : plus(added, session)),
  };
}

function plus(one: Tokens | null, other: Tokens): Tokens {
  if (one === null) return other;
  return {
    input: one.input + other.input,
    cacheRead: one.cacheRead + other.cacheRead,
    cacheWrite: one.cacheWrite + other.cacheWrite,
    output: one.output + other.output,
    reasoning: orNull(one.reasoning, other.reasoning),
    costUsd: orNull(one.costUsd, other.costUsd),
  };
}

/** What one of them does not tell, both together do not tell. */
function orNull(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
