import type { Mark } from '../failover/next-try.ts';
import { healthy, type Circuit } from './circuit.ts';

/** What others tell of an upstream: times in milliseconds from now. */
export interface Told {
  readonly inMs: number;
  readonly opened: number;
  /** Null where nobody tries it. */
  readonly probeInMs: number | null;
}

/**
 * The circuit of an upstream after what others tell of it; null where they tell nothing any more. Somebody's try there keeps others away
 * as the rest before it did.
 */
export function afterTold(circuit: Circuit, told: Told | null, now: number): Circuit {
  const { firstContentMs, tokenMs } = circuit;
  if (told === null) return { ...healthy, firstContentMs, tokenMs };
  const { inMs, opened, probeInMs } = told;
  const isTried = inMs <= 0 && probeInMs !== null && probeInMs > 0;
  return {
    ...circuit,
    phase: isTried ? 'half-open' : 'open',
    until: now + inMs,
    probeUntil: isTried ? now + probeInMs : null,
    opened: Math.max(opened, circuit.opened),
  };
}

/** Why an upstream is left alone after a mark. */
export function whyOf(kind: Mark['kind']): 'failed' | 'rests' | 'cut' {
  return kind === 'failed' || kind === 'rests' ? kind : 'cut';
}
