import type { AddressBook } from './address-book.ts';
import type { Connection, Connections } from './connections.ts';
import { type Begun, Exchange } from './exchange.ts';

/** What is kept between calls: open connections, and addresses that were asked. */
export interface Agents {
  readonly connections: Connections;
  readonly addresses: AddressBook;
}

/** What it takes to ask anybody. */
export interface Asking {
  readonly agents: Agents;
  /** Who waits for the answer, and may leave. */
  readonly caller: Caller;
  readonly connectMs: number;
  /** From the request to the head of the answer. */
  readonly firstByteMs: number;
  /** Called back where it is sent a second time. */
  readonly onResent?: () => void;
}

/** A request as it is sent. */
export interface Sending {
  /** Where: `https://HOST/PATH`. */
  readonly address: string;
  /** Without those of the connection and of the length. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Caller {
  isGone(): boolean;
  /** Calls back when he is gone; what it returns takes that back. */
  onGone(act: () => void): () => void;
}

export type Sent = Exclude<Begun, { readonly kind: 'stale' }> | { readonly kind: 'left' };

/** Asks an upstream, up to the head of its answer. */
export async function send(sending: Sending, asking: Asking): Promise<Sent> {
  const { connections, addresses } = asking.agents;
  const { origin, path } = addresses.find(sending.address);
  const request = { method: 'POST', path, headers: listed(sending), body: sending.body } as const;
  if (asking.caller.isGone()) return { kind: 'left' };
  const first = await attempt(request, asking, connections.take(origin));
  // A connection that was kept open and closes now mostly closed before: nobody read the request. Somebody may have, and so it is told.
  if (first.kind === 'stale') asking.onResent?.();
  const sent = first.kind === 'stale' ? await attempt(request, asking, connections.open(origin)) : first;
  if (!asking.caller.isGone()) return sent as Sent; // a new connection is not stale
  if (sent.kind === 'answering') sent.incoming.destroy();
  return { kind: 'left' };
}

type Dispatched = Parameters<Connection['ask']>[0];

function attempt(request: Dispatched, { caller, firstByteMs }: Asking, connection: Connection): Promise<Begun> {
  return new Promise((resolve) => {
    const stay = caller.onGone(() => connection.drop());
    const exchange = new Exchange(connection, {
      firstByteMs,
      tell(begun) {
        stay();
        resolve(begun);
      },
    });
    connection.ask(request, exchange);
  });
}

/** As a list, which is taken as it is. */
function listed({ headers, body }: Sending): string[] {
  const list: string[] = [];
  for (const name in headers) list.push(name, headers[name] ?? '');
  list.push('content-length', String(body.length));
  return list;
}
