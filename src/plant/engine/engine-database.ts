import type { Pool } from 'pg';

/** What the engine needs of a database that has our schema. */
export interface EngineDatabase {
  openPool(name: string, max: number): Pool;
  /** Does work that may be done twice, again after a lost connection; turns outages into faults. */
  attempt<T>(work: (pool: Pool) => Promise<T>): Promise<T>;
  listen(channel: string, onNotice: (payload: string) => void): Promise<{ close(): Promise<void> }>;
  /** Makes this process known as an executor; `onOutage` hears of a database that did not come back. */
  enlist(onOutage: (fault: unknown) => void): Promise<Enlisted>;
  isLive(executor: string): Promise<boolean>;
}

/** This process as others know it. */
export interface Enlisted {
  readonly id: string;
  renew(): Promise<void>;
  leave(): Promise<void>;
}

/** Asks the database something that may be asked twice. */
export type Ask = <T>(work: (pool: Pool) => Promise<T>) => Promise<T>;
