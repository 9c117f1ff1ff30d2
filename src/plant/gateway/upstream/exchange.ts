import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, errors } from 'undici';
import type { Connection } from './connections.ts';
import type { Incoming, Listener } from './incoming.ts';

/** What a request comes to: the head of an answer, or that there is none. `stale` is a connection that was closed before it was asked. */
export type Begun =
  | { readonly kind: 'answering'; readonly incoming: Incoming }
  /** `why` is for people; null where nothing is known. */
  | { readonly kind: 'unreachable'; readonly why: string | null }
  | { readonly kind: 'silent' }
  | { readonly kind: 'garbled' }
  | { readonly kind: 'stale' };

/** One request on a connection, and its answer as it comes. */
export class Exchange implements Incoming, Dispatcher.DispatchHandler {
  statusCode = 0;
  headers: IncomingHttpHeaders = {};
  complete = false;
  readonly #connection: Connection;
  readonly #firstByteMs: number;
  readonly #tell: (begun: Begun) => void;
  /** What came while nobody listened yet. */
  readonly #waiting: Buffer[] = [];
  #listener: Listener | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isTold = false;
  #isOver = false;

  constructor(connection: Connection, { firstByteMs, tell }: { readonly firstByteMs: number; readonly tell: (begun: Begun) => void }) {
    this.#connection = connection;
    this.#firstByteMs = firstByteMs;
    this.#tell = tell;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#timer = setTimeout(() => {
      this.#begin({ kind: 'silent' });
      this.destroy();
    }, this.#firstByteMs);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    // Before an answer some say that it will come.
    if (statusCode < 200) return;
    this.statusCode = statusCode;
    this.headers = headers;
    this.#begin({ kind: 'answering', incoming: this });
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#listener === null) this.#waiting.push(bytes);
    else this.#listener.piece(bytes);
  }

  onResponseEnd(): void {
    this.complete = true;
    this.#connection.free();
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: NodeJS.ErrnoException): void {
    this.#begin(begunBy(error, this.#connection.isUsed));
    this.#end();
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    for (const bytes of this.#waiting.splice(0)) listener.piece(bytes);
    if (this.#isOver) listener.over();
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  destroy(): void {
    if (!this.#isOver) this.#connection.drop();
  }

  #begin(begun: Begun): void {
    if (this.#isTold) return;
    this.#isTold = true;
    clearTimeout(this.#timer);
    this.#tell(begun);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener?.over();
  }
}

function begunBy(error: NodeJS.ErrnoException, isUsed: boolean): Begun {
  const { code = '' } = error;
  if (isUsed && closings.has(code)) return { kind: 'stale' };
  const isGarbled = error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError;
  return isGarbled ? { kind: 'garbled' } : { kind: 'unreachable', why: whyOf(error) };
}

const closings: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** A certificate that is not trusted is the owner's to judge: Node says so by a code of OpenSSL. */
function whyOf({ code = '', message }: NodeJS.ErrnoException): string {
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return `its certificate is not trusted: ${code}; NODE_EXTRA_CA_CERTS names further ones that are`;
  return code === '' || code.startsWith('UND_') ? message : code;
}
