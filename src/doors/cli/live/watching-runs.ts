import type { Factory } from '../../../core/ports/factory.ts';
import type { Call } from '../command.ts';
import { pageOf } from '../page.ts';
import type { Beside } from '../with-factory.ts';
import { eventLine } from './event-line.ts';
import { eventsOf } from './events-of.ts';
import { tellingEvents } from './telling-events.ts';
import type { Watched } from './until-gate.ts';

export interface Watching {
  readonly call: Call;
  readonly factory: Factory;
  readonly beside: Beside;
}

/** Does a piece of work and prints on stderr every event of its runs as it comes. */
export async function watchingRuns<T>({ call, factory, beside }: Watching, work: Watched<T>): Promise<T> {
  const page = pageOf(call.world.stderr, call.world.env);
  const after = await factory.feed.end();
  const seen = new Set<string>();
  return tellingEvents(
    {
      events: (signal) => eventsOf({ call, factory, after }, signal),
      tell: ({ event }) => {
        seen.add(event.run);
        beside.print(eventLine(event, page, { withRun: seen.size > 1 }));
      },
      watch: beside.watch,
    },
    work,
  );
}
