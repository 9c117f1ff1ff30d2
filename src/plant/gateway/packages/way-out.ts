import { ReadableStream } from 'node:stream/web';
import type { Incoming } from '../upstream/incoming.ts';
import { type Asking, type Sent, send } from '../upstream/send.ts';

type Body = ConstructorParameters<typeof Response>[0];

/** The one way by which a package reaches its provider for one call. */
export interface WayOut {
  /** What a package is given as `fetch`. What is no answer, or a refusal, it does not get to see: it is told by `sent`. */
  readonly fetch: typeof fetch;
  /** What became of the last request; null where none was made. */
  sent(): Sent | null;
  /** Told when the package asked nobody in the time of a connection, or makes nothing of what came in the time of a first byte. */
  readonly late: Promise<Sent>;
  over(): void;
}

/** Opens a way out. Packages log in by themselves before they ask, and some read the beginning of an answer before they hand it on. */
export function wayOut(asking: Asking): WayOut {
  let sent: Sent | null = null;
  let timer: NodeJS.Timeout | undefined;
  let up: (late: Sent) => void = () => undefined;
  const late = new Promise<Sent>((resolve) => (up = resolve));
  const begin = (ms: number, what: Sent): void => {
    clearTimeout(timer);
    timer = setTimeout(() => up(what), ms);
  };
  begin(asking.connectMs, { kind: 'unreachable', why: `its package made no request in ${asking.connectMs} ms` });
  const ask: typeof fetch = async (where, init = {}) => {
    clearTimeout(timer);
    const address = where instanceof Request ? where.url : String(where);
    const { 'content-length': _own, ...headers } = Object.fromEntries(new Headers(init.headers));
    const body = Buffer.from(await new Response(init.body ?? null).arrayBuffer());
    sent = await send({ address, headers: { ...headers, 'accept-encoding': 'identity' }, body }, asking);
    if (sent.kind !== 'answering') throw new Error(`the provider is ${sent.kind}`);
    const { statusCode, headers: told } = sent.incoming;
    if (statusCode > 299) throw new Error(`the provider answered ${statusCode}`);
    begin(asking.firstByteMs, { kind: 'silent' });
    return new Response(webStream(sent.incoming) as Body, { status: statusCode, headers: pairsOf(told) }); // one class, typed twice
  };
  return { fetch: ask, sent: () => sent, late, over: () => clearTimeout(timer) };
}

function webStream(incoming: Incoming): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(out) {
      incoming.listen({
        piece(bytes) {
          out.enqueue(bytes);
          if ((out.desiredSize ?? 0) <= 0) incoming.pause();
        },
        over() {
          if (incoming.complete) out.close();
          else out.error(new Error('the answer broke off'));
        },
      });
    },
    pull: () => incoming.resume(),
    cancel: () => incoming.destroy(),
  });
}

function pairsOf(headers: NodeJS.Dict<string | string[]>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one): [string, string] => [name, one]));
}
