import { findBinaries } from './cluster/binaries.ts';
import { clusterPlace, isInitialised, type ClusterPlace } from './cluster/cluster-place.ts';
import type { DatabaseOptions } from './database.ts';
import { isConnectionLoss } from './faults.ts';
import { withFileLock } from './file-lock.ts';
import { clusterUser, makeCluster } from './cluster/make-cluster.ts';
import { joinServer, startServer, stopServer } from './cluster/postmaster.ts';
import { loadMigrations } from './migrate.ts';
import type { Server } from './server.ts';

/** Name of our database, on servers of our own. */
const databaseName = 'jidoka';
const port = 5432;

/** A server of our own for a jidoka home: made, started, shared and stopped as its users come and go. */
export async function embeddedServer(options: DatabaseOptions): Promise<Server> {
  const place = await clusterPlace(options.home);
  return {
    kind: 'embedded',
    url: `postgres://${clusterUser}@localhost:${port}/${databaseName}?host=${encodeURIComponent(place.sockets)}`,
    where: place.data,
    connection: { host: place.sockets, port, user: clusterUser, database: databaseName, ssl: false },
    up: (connect) => withFileLock(place.lock, () => join(place, options, connect)),
    down: (isLast) =>
      withFileLock(place.lock, async () => {
        if (await isLast()) await stopServer(place);
      }),
  };
}

async function join<T>(place: ClusterPlace, options: DatabaseOptions, connect: () => Promise<T>): Promise<T> {
  const running = (await tryOnce(connect)) ?? (await joinServer(place, connect));
  if (running !== null) return running.value;
  const binaries = await findBinaries({ place, binDir: options.binDir ?? null, env: options.env });
  options.log(`starting PostgreSQL ${binaries.version} of ${binaries.bin} on ${place.data}`);
  // A new cluster needs every migration: they are loaded while initdb works.
  await Promise.all([makeCluster(place, binaries), (await isInitialised(place)) ? null : loadMigrations()]);
  return startServer(place, binaries, connect);
}

async function tryOnce<T>(connect: () => Promise<T>): Promise<{ readonly value: T } | null> {
  try {
    return { value: await connect() };
  } catch (error) {
    if (isConnectionLoss(error)) return null;
    throw error;
  }
}
