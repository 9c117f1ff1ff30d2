import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** Who is told what comes, piece by piece, and once that no more does. */
export interface Listener {
  piece(bytes: Buffer): void;
  /** Whether it was whole is told by what was listened to. */
  over(): void;
}

/** Bytes under way, with the headers that came ahead of them. */
export interface Arriving {
  readonly headers: IncomingHttpHeaders;
  /** All of it came. */
  readonly complete: boolean;
  /** For one listener; he misses nothing that came before. */
  listen(listener: Listener): void;
  pause(): void;
  resume(): void;
  /** Lets go of it, and tells the listener that it is over. */
  destroy(): void;
}

/** An answer under way. */
export interface Incoming extends Arriving {
  readonly statusCode: number;
}

/** What arrives by a stream of Node. */
export class StreamArriving implements Arriving {
  readonly headers: IncomingHttpHeaders;
  complete = false;
  readonly #stream: Readable;

  constructor(stream: Readable, headers: IncomingHttpHeaders) {
    this.#stream = stream;
    this.headers = headers;
  }

  listen(listener: Listener): void {
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      listener.over();
    };
    if (this.#stream.destroyed) return over();
    // By its events: to iterate over it costs as much as all else that is done for a short body.
    this.#stream.on('data', (bytes: Buffer) => listener.piece(bytes));
    this.#stream.once('end', () => {
      this.complete = true;
      over();
    });
    this.#stream.once('error', over);
    this.#stream.once('close', over);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  destroy(): void {
    this.#stream.destroy();
  }
}

/** An answer that is a stream of Node. */
export class StreamIncoming extends StreamArriving implements Incoming {
  readonly statusCode: number;

  constructor(stream: Readable, { statusCode, headers }: Pick<Incoming, 'statusCode' | 'headers'>) {
    super(stream, headers);
    this.statusCode = statusCode;
  }
}
