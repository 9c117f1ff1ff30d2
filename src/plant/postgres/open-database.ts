import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Database, DatabaseOptions, Executor } from './database.ts';
import { embeddedServer } from './embedded-server.ts';
import { dismissExecutors, enlistExecutor, isExecutorLive, lockExecutor, recordExecutor } from './executors.ts';
import { databaseFault, isConnectionLoss, unavailable } from './faults.ts';
import { givenServer } from './given-server.ts';
import { migrate, migrateOnce } from './migrate.ts';
import { Notices } from './notices.ts';
import type { Server } from './server.ts';
import { isLastSession, isRefused, openLiveSession } from './sessions.ts';

/** A stage may need two connections at once, and many stages go on at once; idle ones are closed. */
const poolSize = 12;
const attempts = 3;
const outagePatienceMs = 30_000;
const endPatienceMs = 3_000;

/**
 * Opens jidoka's database: the server at `url`, or one of our own in `home`, made and started as needed.
 * Throws `database-unavailable`, `database-binaries-missing` or `disk-full`, each with what to do next.
 *
 * @example
 * const database = await openDatabase({ home: '/home/ada/.local/state/jidoka', log: console.error, env: process.env });
 * await database.pool.query('select 1');
 * await database.close();
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  try {
    const server = options.url ? givenServer(options.url) : await embeddedServer(options);
    return await migrated(await Connection.open(server, options.log));
  } catch (error) {
    throw openFault(error, options.home);
  }
}

async function migrated(connection: Connection): Promise<Connection> {
  try {
    await migrate(connection.pool);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function openFault(error: unknown, home: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return databaseFault(error, home);
  return unavailable(
    `The database in ${home} cannot be used: ${String(error)}.`,
    error,
    'Check who owns that folder, or give jidoka another home.',
  );
}

/** The database as one process holds it: a pool for work, and one session that shows the process to the others. */
class Connection implements Database {
  readonly kind: Server['kind'];
  readonly url: string;
  readonly where: string;
  readonly version: string;
  readonly pool: pg.Pool;
  readonly #server: Server;
  readonly #log: (message: string) => void;
  readonly #executors = new Map<string, (fault: unknown) => void>();
  readonly #notices = new Notices();
  #client: pg.Client;
  /** False while a new session has not yet taken the locks and the listeners of the one that was lost. */
  #isWhole = true;
  #reviving: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  static async open(server: Server, log: (message: string) => void): Promise<Connection> {
    const { client, version } = await server.up(() => openLiveSession(server), false);
    return new Connection(server, client, version, log);
  }

  private constructor(server: Server, client: pg.Client, version: string, log: (message: string) => void) {
    this.kind = server.kind;
    this.url = server.url;
    this.where = server.where;
    this.version = version;
    this.#server = server;
    this.#log = log;
    this.#client = this.#watched(client);
    this.pool = this.openPool('jidoka', poolSize);
  }

  openPool(name: string, max: number): pg.Pool {
    const pool = new pg.Pool({
      ...this.#server.connection,
      application_name: name,
      max,
      keepAlive: true,
      allowExitOnIdle: true,
      connectionTimeoutMillis: 10_000,
    });
    pool.on('error', (error) => this.#log(`an idle connection to PostgreSQL was lost: ${error.message}`));
    // One that is lost between two queries of its user is heard of by nobody else, and unheard it would end the process.
    pool.on('connect', (client) => client.on('error', () => {}));
    return pool;
  }

  async attempt<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T> {
    for (let turn = 1; ; turn += 1) {
      try {
        if (turn > 1) await this.#revive();
        return await work(this.pool);
      } catch (error) {
        if (!isConnectionLoss(error) || turn === attempts || this.#closing !== null) throw databaseFault(error, this.where);
      }
    }
  }

  async migrateOnce(name: string, work: () => Promise<void>): Promise<void> {
    await migrateOnce(this.pool, name, work);
  }

  async listen(channel: string, onNotice: (payload: string) => void): Promise<{ close(): Promise<void> }> {
    const listener = { channel, onNotice };
    await this.attempt(() => this.#notices.add(this.#client, listener));
    return {
      close: async () => {
        // A session that is lost listens no more.
        await this.#notices.remove(this.#client, listener).catch(() => {});
      },
    };
  }

  async enlist(onOutage: (fault: unknown) => void): Promise<Executor> {
    const id = await enlistExecutor(this.#client);
    this.#executors.set(id, onOutage);
    return {
      id,
      renew: () => this.attempt(() => recordExecutor(this.#client, id)),
      leave: async () => {
        this.#executors.delete(id);
        if (this.#closing === null) await dismissExecutors(this.#client, [id]);
      },
    };
  }

  async isLive(id: string): Promise<boolean> {
    return this.#executors.has(id) || this.attempt((pool) => isExecutorLive(pool, id));
  }

  close(): Promise<void> {
    this.#closing ??= this.#letGo();
    return this.#closing;
  }

  async #letGo(): Promise<void> {
    await Promise.race([this.pool.end(), pause(endPatienceMs, null, { ref: false })]);
    const isLast = async (): Promise<boolean> => {
      const last = await dismissExecutors(this.#client, [...this.#executors.keys()])
        .then(() => isLastSession(this.#client))
        .catch(() => true); // lost: what still runs of it has nobody to serve
      await this.#client.end().catch(() => {});
      return last;
    };
    await this.#server.down(isLast).catch(async (error: unknown) => {
      // The next process that closes stops the server; this one has done its work.
      this.#log(`PostgreSQL on ${this.where} was left running: ${String(error)}`);
      await this.#client.end().catch(() => {});
    });
  }

  /** Makes sure that the server runs and knows this process; once for all who ask at the same time. */
  #revive(): Promise<void> {
    this.#reviving ??= this.#connectAgain().finally(() => (this.#reviving = null));
    return this.#reviving;
  }

  async #connectAgain(): Promise<void> {
    const isWell = this.#isWhole && (await this.#client.query('select 1').then(yes, no));
    if (isWell && !(await isRefused(this.#server))) return;
    const { client } = await this.#server.up(() => openLiveSession(this.#server), true);
    this.#isWhole = false;
    const former = this.#client;
    this.#client = this.#watched(client);
    await former.end().catch(no); // most often lost; one that was left half restored is not
    for (const id of this.#executors.keys()) await lockExecutor(client, id);
    await this.#notices.resume(client);
    this.#isWhole = true;
    this.#log(`PostgreSQL on ${this.where} was lost and is back`);
  }

  #watched(client: pg.Client): pg.Client {
    this.#notices.watch(client);
    client.once('end', () => {
      if (this.#closing === null && client === this.#client) void this.#outlast();
    });
    return client;
  }

  /** Brings a lost server back while work in other hands waits for it; tells that work where it takes long. */
  async #outlast(): Promise<void> {
    const deadline = Date.now() + outagePatienceMs;
    let isTold = false;
    while (this.#closing === null) {
      const fault = await this.#revive().then(
        () => null,
        (error: unknown) => databaseFault(error, this.where),
      );
      if (fault === null) return;
      if (Date.now() > deadline && !isTold) {
        isTold = true;
        for (const onOutage of this.#executors.values()) onOutage(fault);
      }
      if (isTold && !this.#notices.isWanted) return;
      await pause(500);
    }
  }
}

const yes = (): boolean => true;
const no = (): boolean => false;
