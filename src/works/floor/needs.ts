import type { RunNeeds } from '../run/index.ts';

/** What the desk of the floor works with. */
export type FloorNeeds = Pick<RunNeeds, 'engine' | 'control' | 'ledger' | 'blobs' | 'floor' | 'forge' | 'clock' | 'sha256' | 'pid'>;
