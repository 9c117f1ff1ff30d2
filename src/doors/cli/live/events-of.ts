import type { Factory } from '../../../core/ports/factory.ts';
import type { FedEvent } from '../../../core/ports/feed.ts';
import type { Call } from '../command.ts';

export interface EventSource {
  readonly call: Call;
  readonly factory: Factory;
  /** Cursor to begin behind; null begins at the first event ever. */
  readonly after: string | null;
}

const lookMs = 2_000;

/**
 * Gives the events of all runs behind a cursor and then each as it comes, until the signal is aborted: from the daemon
 * of the home where one answers, so that many who watch cost the database nothing, else from the ledger itself. Where
 * the daemon goes away the ledger takes over behind the last event.
 */
export async function* eventsOf({ call, factory, after }: EventSource, signal: AbortSignal): AsyncGenerator<FedEvent, void> {
  // Loaded late, like all that only some commands need.
  const { follow } = await import('../../daemon/index.ts');
  let behind = after;
  for await (const fed of eventsOfDaemon(call, after, signal)) {
    behind = fed.cursor;
    yield fed;
  }
  yield* follow(factory.feed, behind, signal);
}

async function* eventsOfDaemon(call: Call, after: string | null, signal: AbortSignal): AsyncGenerator<FedEvent, void> {
  const { databaseName, findDaemon, tokenOf } = await import('../../daemon/index.ts');
  const { home, databaseUrl } = call.settings;
  const daemon = await findDaemon(home);
  if (daemon === null || daemon.database !== databaseName(databaseUrl)) return;
  const token = await tokenOf(home, daemon);
  if (token === null) return;
  const { apiClient } = await import('../../api/index.ts');
  const gone = new AbortController();
  const stopLooking = call.world.every(lookMs, () => {
    void findDaemon(home).then((now) => now?.life === daemon.life || gone.abort());
  });
  const begin = after === null ? ({ from: 'start' } as const) : { after };
  try {
    yield* apiClient(daemon.url, token).events({ ...begin, signal: AbortSignal.any([signal, gone.signal]) });
  } catch {
    // It went away, or is another by now: the ledger has all that it would have told.
  } finally {
    stopLooking();
  }
}
