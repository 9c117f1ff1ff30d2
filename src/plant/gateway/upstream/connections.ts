import { buildConnector, Client, type Dispatcher } from 'undici';

/** So many that nobody uses are kept of one origin. */
const mostIdle = 256;

/** Whoever keeps connections open for longer says so, and whoever closes them sooner is noticed. */
const idleMs = 10 * 60_000;

/** A connection with one origin, for one request at a time. It is opened with the first, and again where it was closed between two. */
export class Connection {
  readonly #client: Client;
  readonly #free: (connection: Connection) => void;
  #isUsed = false;

  constructor(origin: string, connect: buildConnector.connector, free: (connection: Connection) => void) {
    this.#free = free;
    this.#client = new Client(origin, {
      connect: (options, done) => {
        this.#isUsed = false;
        connect(options, done);
      },
      keepAliveTimeout: idleMs,
      // Whoever asks sets times of his own.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** It has answered before, so that its upstream may have closed it just now. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  ask(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(request, handler);
  }

  /** The answer was whole: the next may have it. */
  free(): void {
    this.#isUsed = true;
    this.#free(this);
  }

  /** Closes it, whatever is under way. */
  drop(): void {
    // It never rejects: what was under way is told to whoever asked.
    void this.#client.destroy();
  }
}

/** Connections with upstreams that are kept between calls. */
export class Connections {
  readonly #connect: buildConnector.connector;
  readonly #idle = new Map<string, Connection[]>();
  #isClosed = false;

  constructor({ connectMs }: { readonly connectMs: number }) {
    this.#connect = buildConnector({ timeout: connectMs });
  }

  /** One that was kept, or a new one. An origin is `https://HOST:PORT`. */
  take(origin: string): Connection {
    return this.#idle.get(origin)?.pop() ?? this.open(origin);
  }

  open(origin: string): Connection {
    return new Connection(origin, this.#connect, (connection) => this.#keep(origin, connection));
  }

  /** Closes those that nobody uses, now and from now on. */
  close(): void {
    this.#isClosed = true;
    for (const connections of this.#idle.values()) for (const connection of connections) connection.drop();
    this.#idle.clear();
  }

  #keep(origin: string, connection: Connection): void {
    const idle = this.#idle.get(origin) ?? [];
    if (this.#isClosed || idle.length >= mostIdle) return connection.drop();
    idle.push(connection);
    this.#idle.set(origin, idle);
  }
}
