import type { Pool } from 'pg';

/** What the engine needs of a database that has our schema. */
export interface EngineDatabase {
  readonly url: string;
  openPool(name: string, max: number): Pool;
  /** Does work that may be done twice, again after a lost connection; turns outages into faults. */
  attempt<T>(work: (pool: Pool) => Promise<T>): Promise<T>;
  migrateOnce(name: string, work: () => Promise<void>): Promise<void>;
  /** Makes this process known as an executor; `onOutage` hears of a database that did not come back. */
  enlist(onOutage: (fault: unknown) => void): Promise<{ readonly id: string; leave(): Promise<void> }>;
  isLive(executor: string): Promise<boolean>;
}
