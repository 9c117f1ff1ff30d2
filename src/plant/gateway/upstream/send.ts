import { type Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import type { AddressBook, Place } from './address-book.ts';

/** What is kept between calls: open connections, and addresses that were asked. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
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
}

/** A request as it is sent. */
export interface Sending {
  /** Where: `https://HOST/PATH`. */
  readonly address: string;
  /** Without those of the connection and of the length. */
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces that follow each other. */
  readonly body: readonly Buffer[];
}

/** An answer under way: its head, and what comes of it. */
export type Incoming = Readable & Pick<IncomingMessage, 'headers' | 'statusCode' | 'complete'>;

export interface Caller {
  isGone(): boolean;
  /** Calls back when he is gone; what it returns takes that back. */
  onGone(act: () => void): () => void;
}

export type Sent =
  | { readonly kind: 'answering'; readonly incoming: Incoming }
  /** `why` is for people; null where nothing is known. */
  | { readonly kind: 'unreachable'; readonly why: string | null }
  | { readonly kind: 'silent' }
  | { readonly kind: 'garbled' }
  | { readonly kind: 'left' };

/** Asks an upstream, up to the head of its answer. */
export async function send(sending: Sending, asking: Asking): Promise<Sent> {
  const first = await attempt(sending, asking);
  // A connection that was kept open and just closed was never a try: nobody read the request.
  return first === 'stale' ? ((await attempt(sending, asking)) as Exclude<Attempt, 'stale'>) : first; // a new connection is not stale
}

type Attempt = Sent | 'stale';

async function attempt({ address, headers, body }: Sending, { agents, caller, connectMs, firstByteMs }: Asking): Promise<Attempt> {
  if (caller.isGone()) return { kind: 'left' };
  const place = agents.addresses.find(address);
  return new Promise((resolve) => {
    const length = body.reduce((sum, piece) => sum + piece.length, 0);
    const outgoing = open(agents, place, headers, length);
    const stay = caller.onGone(() => outgoing.destroy());
    const settle = (attempted: Attempt): void => {
      clearTimeout(timer);
      stay();
      resolve(attempted);
    };
    const give = (attempted: Attempt) => (): void => {
      settle(attempted);
      outgoing.destroy();
    };
    let timer: NodeJS.Timeout | undefined;
    const connected = (): void => {
      clearTimeout(timer);
      timer = setTimeout(give({ kind: 'silent' }), firstByteMs);
    };
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) return connected();
      timer = setTimeout(give({ kind: 'unreachable', why: `no connection in ${connectMs} ms` }), connectMs);
      socket.once(place.isSafe ? 'secureConnect' : 'connect', connected);
    });
    outgoing.on('response', (incoming) => settle({ kind: 'answering', incoming }));
    outgoing.on('error', (error) => settle(caller.isGone() ? { kind: 'left' } : attemptOf(outgoing, error)));
    for (const piece of body) outgoing.write(piece);
    outgoing.end();
  });
}

function open({ http, https }: Agents, place: Place, own: Sending['headers'], length: number): ClientRequest {
  const { isSafe, host, hostname, port, path } = place;
  // As a list: Node takes it as it is, where it goes through an object name by name.
  const headers = ['host', host];
  for (const name in own) headers.push(name, own[name] ?? '');
  headers.push('content-length', String(length));
  return isSafe
    ? httpsRequest({ hostname, port, path, method: 'POST', headers, agent: https })
    : httpRequest({ hostname, port, path, method: 'POST', headers, agent: http });
}

function attemptOf(outgoing: ClientRequest, error: NodeJS.ErrnoException): Attempt {
  if (outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) return 'stale';
  return error.code?.startsWith('HPE_') === true ? { kind: 'garbled' } : { kind: 'unreachable', why: whyOf(error) };
}

/** A certificate that is not trusted is the owner's to judge: Node says so by a code of OpenSSL. */
function whyOf({ code, message }: NodeJS.ErrnoException): string {
  const isCertificate = /CERT|SIGNATURE|ISSUER/.test(code ?? '');
  return isCertificate ? `its certificate is not trusted: ${code}; NODE_EXTRA_CA_CERTS names further ones that are` : (code ?? message);
}
