import type { ProviderLimits } from '../../../core/gateway/config/provider.ts';
import { fullRate, given, type Rate, take } from '../../../core/gateway/health/rate.ts';

/** What is left of the limits of each virtual key. */
export interface KeyRates {
  /** Takes a place; milliseconds to wait where there is none, null for until another call of the key ends. */
  enter(
    key: string,
    limits: ProviderLimits,
    tokens: number,
  ): { readonly kind: 'entered' } | { readonly kind: 'wait'; readonly ms: number | null };
  leave(key: string): void;
}

export function keyRates(now: () => number): KeyRates {
  const rates = new Map<string, Rate>();
  return {
    enter(key, limits, tokens) {
      if (Object.keys(limits).length === 0) return { kind: 'entered' };
      const taken = take(rates.get(key) ?? fullRate(limits, now()), limits, { tokens, now: now() });
      rates.set(key, taken.rate);
      return taken.kind === 'taken' ? { kind: 'entered' } : { kind: 'wait', ms: taken.ms };
    },
    leave(key) {
      const rate = rates.get(key);
      if (rate !== undefined) rates.set(key, given(rate, { taken: 0, used: 0 }));
    },
  };
}
