import { JidokaError } from '../../../core/base/error.ts';
import { eventStream } from '../event-stream.ts';
import { reads, type Call, type Route } from '../route.ts';

export const eventRoutes: readonly Route[] = [
  reads(
    {
      method: 'GET',
      path: '/v1/events',
      who: 'holder',
      does: 'events as they happen (SSE); goes on behind Last-Event-ID',
      queries: ['after', 'run', 'from'],
    },
    async (call) => {
      const { feed } = call.factory;
      const cursor = behind(call) ?? (startsNow(call) ? await feed.end() : null);
      const options = { limit: 100, ...runOf(call) };
      // Looked at before anything is sent, so that a cursor that is none is answered as such.
      await feed.after(cursor, { ...options, limit: 1 });
      const body = call.stream((signal) => eventStream({ feed, cursor, options, signal }));
      return { kind: 'stream', mediaType: 'text/event-stream', body };
    },
  ),
];

/** A client that comes back says in the header where it was; its address still says where it began. */
function behind(call: Call): string | null {
  const last = call.header('last-event-id') ?? '';
  return last === '' ? call.query('after') : last;
}

function startsNow(call: Call): boolean {
  const from = call.query('from') ?? 'now';
  if (from === 'now' || from === 'start') return from === 'now';
  throw new JidokaError('usage', `from=${from} is no place to begin.`, { mend: 'Give from=start or from=now.' });
}

function runOf(call: Call): { readonly run?: string } {
  const run = call.query('run');
  return run === null ? {} : { run };
}
