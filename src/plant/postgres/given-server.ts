import { setTimeout as pause } from 'node:timers/promises';
import { databaseFault, isConnectionLoss, unavailable } from './faults.ts';
import type { Server } from './server.ts';

const patienceMs = 15_000;
const pollMs = 250;

/** A server that somebody else runs, named by a URL. Throws `database-unavailable` for text that is no such URL. */
export function givenServer(url: string): Server {
  const where = withoutSecrets(url);
  return {
    kind: 'server',
    url,
    where,
    connection: { connectionString: url },
    async up(connect, patient) {
      const deadline = Date.now() + (patient ? patienceMs : 0);
      for (;;) {
        try {
          return await connect();
        } catch (error) {
          if (!isConnectionLoss(error) || Date.now() >= deadline) throw refused(error, where);
          await pause(pollMs);
        }
      }
    },
    async down(isLast) {
      await isLast();
    },
  };
}

function withoutSecrets(url: string): string {
  try {
    const { protocol, hostname, port, pathname, searchParams } = new URL(url);
    if (protocol !== 'postgres:' && protocol !== 'postgresql:') throw new TypeError(`${protocol} is no PostgreSQL URL`);
    return `${searchParams.get('host') ?? hostname}${port && `:${port}`}${pathname}`;
  } catch (error) {
    throw unavailable('JIDOKA_DATABASE_URL is not a PostgreSQL URL.', error, 'Write it as postgres://USER:PASSWORD@HOST:5432/DATABASE.');
  }
}

/** Names what the server itself objects to: a password, a role, a database that is not there. */
function refused(error: unknown, where: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : code;
  if (isConnectionLoss(error)) {
    const mend =
      'See that the server runs and that JIDOKA_DATABASE_URL or --database names it; without them jidoka brings a database of its own.';
    return unavailable(`PostgreSQL at ${where} cannot be reached: ${message || code}.`, error, mend);
  }
  if (!/^(28...|3D000|42501)$/.test(code)) return databaseFault(error, where);
  return unavailable(
    `PostgreSQL at ${where} refused us: ${message}.`,
    error,
    'Check user, password and database in JIDOKA_DATABASE_URL; create the database where it is missing.',
  );
}
