import type { Readable, Writable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Exchange } from './exchange.ts';

/** The body of a request, piece by piece. */
export interface Body {
  /** The next piece, or null after the last. Throws `UnreadableBody`. */
  next(): Promise<Buffer | null>;
  /** Lets go of what was not read; the connection stays. */
  leave(): Promise<void>;
}

export interface BodyOptions {
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Called at every piece. */
  readonly alive: () => void;
}

/** The client is gone, or too slow, or sent what it said it would not. */
export class UnreadableBody extends Error {}

/** Begins to read the body of a request as it was sent; `gunzipped` undoes the one encoding that git uses. */
export function bodyOf({ request, response }: Exchange, options: BodyOptions & { readonly gunzipped?: boolean }): Body {
  if (request.headers.expect !== undefined && !response.headersSent) response.writeContinue();
  return pieces(options.gunzipped === true ? gunzip(request) : request, options);
}

function gunzip(request: Exchange['request']): Readable {
  const plain = createGunzip();
  request.once('close', () => request.complete || plain.destroy(new Error('The client is gone.')));
  return request.pipe(plain);
}

function pieces(source: Readable, { signal, alive }: BodyOptions): Body {
  const iterator = source.iterator({ destroyOnReturn: false });
  const over = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(new Error('Nobody waits for this body any more.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  over.catch(() => undefined);
  return {
    async next() {
      const read = Promise.race([iterator.next(), over]) as Promise<IteratorResult<Buffer>>; // no encoding was set
      const { done, value } = await read.catch((cause: unknown) => {
        throw new UnreadableBody('The body cannot be read to its end.', { cause });
      });
      if (done === true) return null;
      alive();
      return value;
    },
    async leave() {
      await iterator.return?.();
    },
  };
}

/** How a body went on: `unwanted` where the other side ended first. */
export type Poured = 'whole' | 'too-long' | 'unwanted';

/** Passes a body on as it comes, and waits for whoever takes it; ends the other side after the last piece, and only then. */
export async function pour(body: Body, into: Writable, mostBytes: number): Promise<Poured> {
  let bytes = 0;
  for (let piece = await body.next(); piece !== null; piece = await body.next()) {
    bytes += piece.length;
    if (bytes > mostBytes) return 'too-long';
    if (!(await write(into, piece))) return 'unwanted';
  }
  if (into.destroyed) return 'unwanted';
  into.end();
  return 'whole';
}

/** Writes a piece and waits while there is no room for more; false where nobody takes it. */
export async function write(into: Writable, piece: Uint8Array): Promise<boolean> {
  if (into.destroyed || into.writableEnded) return false;
  if (into.write(piece)) return true;
  return new Promise((resolve) => {
    const settle = (): void => {
      into.off('drain', settle).off('close', settle);
      resolve(!into.destroyed);
    };
    into.once('drain', settle).once('close', settle);
  });
}
