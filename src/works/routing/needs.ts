import type { RunNeeds } from '../run/index.ts';

/** What the desk of routes works with. */
export type RoutingNeeds = Pick<RunNeeds, 'engine' | 'control' | 'ledger' | 'forge' | 'clock' | 'sha256'>;
