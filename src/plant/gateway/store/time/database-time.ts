import type { StoreDatabase } from '../store-database.ts';

export interface DatabaseTimeOptions {
  readonly database: Pick<StoreDatabase, 'attempt'>;
  /** A clock that never goes back, in milliseconds. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970, for as long as the database was never asked. */
  readonly now: () => number;
}

/**
 * The clock of the database, by which all who share it go: when keys expire, when a period of a budget begins, how long something is cut
 * off. Machines may differ in what time it is; how long a second is they agree on.
 */
export interface DatabaseTime {
  /** Milliseconds since 1970, as the database had it when it was asked last and as much later as it is since. */
  now(): number;
  /** Asks it; an answer that was long under way is not taken where there is a better one. */
  learn(): Promise<void>;
  /** The same once it was asked at all. */
  known(): Promise<number>;
}

/** Of an answer that took longer than this nobody knows well enough when it was given. */
const fastMs = 500;

export function databaseTime({ database, monotonicMs, now }: DatabaseTimeOptions): DatabaseTime {
  let ahead: number | null = null;
  const read = (): number => (ahead === null ? now() : Math.floor(monotonicMs() + ahead));
  const learn = async (): Promise<void> => {
    const { at, ms, took } = await database.attempt(async (pool) => {
      const sent = monotonicMs();
      const { rows } = await pool.query<{ ms: number }>(selectTime);
      const back = monotonicMs();
      return { at: (sent + back) / 2, ms: rows[0]?.ms ?? now(), took: back - sent };
    });
    if (ahead === null || took < fastMs) ahead = ms - at;
  };
  return {
    now: read,
    learn,
    known: async () => {
      if (ahead === null) await learn();
      return read();
    },
  };
}

const selectTime = 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms';
