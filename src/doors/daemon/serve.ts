import type { Factory, ServeOffer, Serving } from '../../core/ports/factory.ts';
import type { StopOrders } from './stop-orders.ts';
import { tellWork } from './tell-work.ts';

export interface ServeSetting {
  readonly factory: Factory;
  readonly offer: ServeOffer;
  readonly orders: StopOrders;
  say(line: string): void;
  /** Called once it takes work. */
  ready(): Promise<void> | void;
}

/** Serves a factory and says what it does, until it is told to stop. Throws where it can serve no more. */
export async function serveUntilStopped({ factory, offer, orders, say, ready }: ServeSetting): Promise<void> {
  const from = await factory.feed.end();
  const serving = await factory.serve(offer);
  await ready();
  const quiet = new AbortController();
  const told = tellWork({ feed: factory.feed, executor: serving.executor, from, say }, quiet.signal).catch((error: unknown) =>
    say(`What is worked on is no longer told: ${String(error)}`),
  );
  try {
    await untilStopped(serving, orders, say);
  } finally {
    quiet.abort();
    await told;
  }
}

async function untilStopped(serving: Serving, orders: StopOrders, say: (line: string) => void): Promise<void> {
  const how = await Promise.race([orders.first, serving.lost]);
  say(how === 'at-once' ? 'Stops: what is in hand is given back.' : 'Stops when what is in hand is done.');
  // Whoever waits for that may lose patience.
  await Promise.race([serving.stop(how), orders.hurry.then(() => serving.stop('at-once'))]);
}
