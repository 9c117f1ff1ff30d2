export { openEgress, type EgressOptions } from './open-egress.ts';
export type { EgressLimits } from './limits.ts';
export type { UpstreamAnswer, UpstreamRegistry, UpstreamRequest, Upstreams } from './npm/upstreams.ts';
