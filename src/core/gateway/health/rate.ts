import type { ProviderLimits } from '../config/provider.ts';

/** What is left of the limits of one provider. A minute's worth fills up evenly. */
export interface Rate {
  readonly requests: number;
  readonly tokens: number;
  readonly atWork: number;
  /** When it was filled up last, in milliseconds. */
  readonly at: number;
}

export function fullRate({ rpm, tpm }: ProviderLimits, now: number): Rate {
  return { requests: rpm ?? 0, tokens: tpm ?? 0, atWork: 0, at: now };
}

/**
 * Takes a request of so many tokens, or says how long it has to wait; null where it waits for another to end. A request
 * with more tokens than a minute allows goes when the minute is full, or it would never go.
 *
 * @example
 * take(fullRate({ rpm: 60 }, 0), { rpm: 60 }, { tokens: 1000, now: 0 }); // { kind: 'taken', rate: … }
 */
export function take(
  before: Rate,
  limits: ProviderLimits,
  { tokens, now }: { readonly tokens: number; readonly now: number },
): { readonly kind: 'taken'; readonly rate: Rate } | { readonly kind: 'wait'; readonly ms: number | null; readonly rate: Rate } {
  const rate = filled(before, limits, now);
  if (limits.concurrent !== undefined && rate.atWork >= limits.concurrent) return { kind: 'wait', ms: null, rate };
  const { rpm, tpm } = limits;
  const waits = [
    rpm === undefined ? 0 : missing(1, rate.requests, rpm),
    tpm === undefined ? 0 : missing(Math.min(tokens, tpm), rate.tokens, tpm),
  ];
  const ms = Math.ceil(Math.max(...waits));
  if (ms > 0) return { kind: 'wait', ms, rate };
  return { kind: 'taken', rate: { ...rate, requests: rate.requests - 1, tokens: rate.tokens - tokens, atWork: rate.atWork + 1 } };
}

/** A request ended; the tokens it was taken for and did not use are given back, those beyond are taken. */
export function given(rate: Rate, { taken, used }: { readonly taken: number; readonly used: number }): Rate {
  return { ...rate, tokens: rate.tokens + taken - used, atWork: Math.max(0, rate.atWork - 1) };
}

const minute = 60_000;

function filled(rate: Rate, { rpm, tpm }: ProviderLimits, now: number): Rate {
  // A clock that went back fills nothing.
  const share = Math.max(0, now - rate.at) / minute;
  const fill = (left: number, most: number | undefined): number => (most === undefined ? 0 : Math.min(most, left + most * share));
  return { ...rate, requests: fill(rate.requests, rpm), tokens: fill(rate.tokens, tpm), at: Math.max(now, rate.at) };
}

function missing(wanted: number, left: number, perMinute: number): number {
  // A sum of parts of a request comes out a hair below the whole.
  return wanted - left <= 1e-9 ? 0 : ((wanted - left) / perMinute) * minute;
}
