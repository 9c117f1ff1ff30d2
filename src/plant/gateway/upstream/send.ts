import { type Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { urlToHttpOptions } from 'node:url';

/** Connections that are kept open between calls. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
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
  readonly url: URL;
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

async function attempt({ url, headers, body }: Sending, { agents, caller, connectMs, firstByteMs }: Asking): Promise<Attempt> {
  if (caller.isGone()) return { kind: 'left' };
  return new Promise((resolve) => {
    const length = body.reduce((sum, piece) => sum + piece.length, 0);
    const outgoing = open(agents, url, headers, length);
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
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
    });
    outgoing.on('response', (incoming) => settle({ kind: 'answering', incoming }));
    outgoing.on('error', (error) => settle(caller.isGone() ? { kind: 'left' } : attemptOf(outgoing, error)));
    for (const piece of body) outgoing.write(piece);
    outgoing.end();
  });
}

function open({ http, https }: Agents, url: URL, own: Sending['headers'], length: number): ClientRequest {
  const { hostname, port, path } = placeOf(url);
  // As a list: Node takes it as it is, where it goes through an object name by name.
  const headers = ['host', url.host];
  for (const name in own) headers.push(name, own[name] ?? '');
  headers.push('content-length', String(length));
  return url.protocol === 'https:'
    ? httpsRequest({ hostname, port, path, method: 'POST', headers, agent: https })
    : httpRequest({ hostname, port, path, method: 'POST', headers, agent: http });
}

type Place = Pick<ReturnType<typeof urlToHttpOptions>, 'hostname' | 'port' | 'path'>;

/** Addresses taken apart: the same few are asked again and again. */
const places = new WeakMap<URL, Place>();

function placeOf(url: URL): Place {
  const known = places.get(url);
  if (known !== undefined) return known;
  const { hostname, port, path } = urlToHttpOptions(url);
  const place: Place = { hostname, port, path };
  places.set(url, place);
  return place;
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
