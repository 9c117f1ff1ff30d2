import type { StoreDatabase } from './store-database.ts';

/** How often it is looked whether or not something was heard: notices may be missed. */
export const usualLookMs = 1_000;

export interface FollowOptions {
  readonly database: Pick<StoreDatabase, 'listen'>;
  readonly channel: string;
  /** A look that fails is done again with the next. */
  readonly look: () => Promise<void>;
  /** Null for only when something is heard. */
  readonly lookEveryMs: number | null;
}

/** Looks at what others change in the database, at once where a notice says so, one look at a time, until closed. */
export async function follow({ database, channel, look, lookEveryMs }: FollowOptions): Promise<{ close(): Promise<void> }> {
  let last: Promise<void> = Promise.resolve();
  const lookAgain = (): void => void (last = last.then(look).catch(() => undefined));
  const listening = await database.listen(channel, lookAgain).catch(() => null);
  // Something may have been set before it listened.
  lookAgain();
  const timer = lookEveryMs === null ? null : setInterval(lookAgain, lookEveryMs).unref();
  return {
    async close() {
      clearInterval(timer ?? undefined);
      await listening?.close();
      await last;
    },
  };
}
