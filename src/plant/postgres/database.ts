import type pg from 'pg';

/** An open PostgreSQL with our schema in it. */
export interface Database {
  /** `embedded`: a server of our own on this machine; `server`: one that somebody else runs. */
  readonly kind: 'embedded' | 'server';
  /** For drivers that want a URL. May hold a password: never print it. */
  readonly url: string;
  /** Where it is, for people; without secrets. */
  readonly where: string;
  /** '18.4' */
  readonly version: string;
  readonly pool: pg.Pool;
  /** Makes a pool of its own size to the same database; whoever asks for it ends it. */
  openPool(name: string, max: number): pg.Pool;
  /**
   * Does work that may be done twice. Where the server was lost it is started again or waited for, and the work is
   * done anew. Throws `disk-full`, `database-unavailable`, or what the work throws.
   */
  attempt<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T>;
  /** Does the work `name` unless this database has seen it done; one process at a time. */
  migrateOnce(name: string, work: () => Promise<void>): Promise<void>;
  /**
   * Hears notices of a channel, with what they say, until closed. After a lost connection it goes on by itself and calls
   * `onNotice` once with '', because notices may have been missed.
   */
  listen(channel: string, onNotice: (payload: string) => void): Promise<{ close(): Promise<void> }>;
  /**
   * Makes this process known under a new id until it leaves, closes the database or dies. `onOutage` hears of a
   * database that was lost and did not come back within half a minute.
   */
  enlist(onOutage: (fault: unknown) => void): Promise<Executor>;
  /** True while the process behind an executor's id lives. */
  isLive(id: string): Promise<boolean>;
  /** Lets go; the last process of this machine stops a server of our own. */
  close(): Promise<void>;
}

/** A process as other processes know it. */
export interface Executor {
  readonly id: string;
  /** Makes it known again where others took it for dead. */
  renew(): Promise<void>;
  leave(): Promise<void>;
}

export interface DatabaseOptions {
  /** Folder of jidoka; each has its own cluster. */
  readonly home: string;
  /** A PostgreSQL server to use instead of one of our own. */
  readonly url?: string | null;
  /** A folder with initdb and postgres to use and no other; `npm` for those of the npm package. */
  readonly binDir?: string | null;
  readonly log: (message: string) => void;
  /** Where PATH is read from. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
