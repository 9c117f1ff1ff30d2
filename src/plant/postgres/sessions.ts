import pg from 'pg';
import { realpath } from 'node:fs/promises';
import { unavailable } from './faults.ts';
import { oldestMajor } from './cluster/binaries.ts';
import type { Server } from './server.ts';

/** Name under which one connection of each process is counted; the last one out stops a server of our own. */
const liveName = 'jidoka-live';

/** A connection that lasts as long as its process uses the database. */
export interface LiveSession {
  readonly client: pg.Client;
  /** '18.4' */
  readonly version: string;
}

/**
 * Opens the connection that shows this process to the others, on a server that is ours and not too old.
 * Throws `database-unavailable` where it is another's or too old.
 */
export async function openLiveSession(server: Server): Promise<LiveSession> {
  const client = await connect(server).catch(async (error: unknown) => {
    if (server.kind !== 'embedded' || codeOf(error) !== '3D000') throw error;
    await createDatabase(server);
    return connect(server);
  });
  try {
    return { client, version: await checkedVersion(client, server) };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** True where no other process has a live session; asked under the lock that everyone connects under. */
export async function isLastSession(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ others: number }>(
    `select count(*)::int as others from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()`,
    [liveName],
  );
  return rows[0]?.others === 0;
}

/** Whether nobody listens where the server should: sessions that it had may outlive it for a moment. */
export async function isRefused(server: Server): Promise<boolean> {
  try {
    const client = await connect(server, { application_name: 'jidoka-knock' });
    await client.end();
    return false;
  } catch (error) {
    return ['ECONNREFUSED', 'ENOENT'].includes(codeOf(error) ?? '');
  }
}

async function connect(server: Server, change: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({
    ...server.connection,
    application_name: liveName,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    ...change,
  });
  client.on('error', () => {}); // 'end' follows and is what the owner listens to
  await client.connect();
  return client;
}

async function createDatabase(server: Server): Promise<void> {
  const client = await connect(server, { database: 'postgres' });
  try {
    await client.query(`create database ${pg.escapeIdentifier(String(server.connection.database))}`);
  } finally {
    await client.end();
  }
}

async function checkedVersion(client: pg.Client, server: Server): Promise<string> {
  const ours = server.kind === 'embedded' ? `, current_setting('data_directory') as data` : '';
  const { rows } = await client.query<{ number: number; version: string; data?: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version${ours}`,
  );
  const { number = 0, version = '', data } = rows[0] ?? {};
  if (number < oldestMajor * 10_000) {
    throw unavailable(
      `PostgreSQL at ${server.where} is version ${version}; jidoka needs ${oldestMajor} or newer.`,
      undefined,
      'Point JIDOKA_DATABASE_URL at a newer server, or unset it to use one of our own.',
    );
  }
  if (data !== undefined && (await realpath(data)) !== (await realpath(server.where))) {
    throw unavailable(
      `The server on ${server.connection.host} serves ${data}, not ${server.where}.`,
      undefined,
      `Stop that server, then run the same command again.`,
    );
  }
  return version.split(' ')[0] ?? version;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}
