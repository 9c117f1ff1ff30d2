import type { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';
import { partsOf, upstreamsOf } from '../../../core/gateway/config/model.ts';
import { own } from '../../../core/gateway/config/resolve-slot.ts';
import type { Mark } from '../../../core/gateway/failover/next-try.ts';
import type { Candidate } from '../../../core/gateway/failover/try-state.ts';
import { afterMark } from '../../../core/gateway/health/after-mark.ts';
import { admit, answered, type Circuit, healthy } from '../../../core/gateway/health/circuit.ts';
import { fullRate, given, type Rate, take } from '../../../core/gateway/health/rate.ts';

/** Health and limits of all upstreams, as this process saw them. */
export interface HealthBoard {
  /** Whether a request may go there now; nothing is taken. */
  isUsable(candidate: Candidate): boolean;
  /** Milliseconds until the first content of its answers, newer ones weighing more; null where none was seen. */
  firstContentMs(candidate: Candidate): number | null;
  /** Milliseconds until an upstream may be asked that is left alone now. */
  restMs(candidate: Candidate): number;
  /** Takes a place for a request; how long it has to wait where its provider takes no more for now, null for until another one ends. */
  enter(candidate: Candidate, tokens: number): { readonly kind: 'entered' } | { readonly kind: 'wait'; readonly ms: number | null };
  /** Gives a place back, with what was taken and what was used. */
  leave(candidate: Candidate, tokens: { readonly taken: number; readonly used: number }): void;
  answered(candidate: Candidate, firstContentMs: number): void;
  mark(mark: Mark): void;
}

interface Entry {
  readonly provider: string;
  circuit: Circuit;
}

/** Keeps a circuit for each upstream and a rate for each provider; `now` is a clock that never goes back. */
export function healthBoard({ providers, models }: Pick<GatewayConfig, 'providers' | 'models'>, now: () => number): HealthBoard {
  // All from the beginning: what cuts off a provider takes those with it that nobody asked yet.
  const upstreams = Object.values(models).flatMap((model) => upstreamsOf(model).map(({ at }) => at));
  const circuits = new Map<string, Entry>(upstreams.map((at) => [at, { provider: partsOf(at).provider, circuit: healthy }]));
  const rates = new Map<string, Rate>();
  const limitsOf = (provider: string) => own(providers, provider)?.limits ?? {};
  const rateOf = (provider: string): Rate => rates.get(provider) ?? fullRate(limitsOf(provider), now());
  const entryOf = ({ at, provider }: Candidate): Entry => {
    const known = circuits.get(at) ?? { provider, circuit: healthy };
    circuits.set(at, known);
    return known;
  };
  return {
    isUsable: (candidate) => admit(entryOf(candidate).circuit, now()).admitted !== 'no',
    firstContentMs: (candidate) => entryOf(candidate).circuit.firstContentMs,
    restMs(candidate) {
      const { circuit } = entryOf(candidate);
      return Math.max(0, (circuit.phase === 'half-open' ? (circuit.probeUntil ?? 0) : circuit.until) - now());
    },
    enter(candidate, tokens) {
      const { provider } = candidate;
      const taken = take(rateOf(provider), limitsOf(provider), { tokens, now: now() });
      rates.set(provider, taken.rate);
      if (taken.kind === 'wait') return { kind: 'wait', ms: taken.ms };
      const entry = entryOf(candidate);
      entry.circuit = admit(entry.circuit, now()).circuit;
      return { kind: 'entered' };
    },
    leave: ({ provider }, tokens) => void rates.set(provider, given(rateOf(provider), tokens)),
    answered(candidate, firstContentMs) {
      const entry = entryOf(candidate);
      entry.circuit = answered(entry.circuit, firstContentMs);
    },
    mark({ kind, at, restMs }) {
      for (const [name, entry] of circuits) {
        if (kind === 'provider-cut' ? entry.provider === at.provider : name === at.at)
          entry.circuit = afterMark(entry.circuit, { kind, restMs }, now());
      }
    },
  };
}
