import type { Rest, UpstreamHealth } from '../../../core/ports/gateway/upstream-health.ts';

/** The health of upstreams of a gateway that shares it with nobody. */
export function aloneWith(now: () => number): UpstreamHealth {
  const none: ReadonlyMap<string, Rest> = new Map();
  return { rests: () => none, now, tell: () => undefined, well: () => undefined, mayProbe: async () => true };
}
