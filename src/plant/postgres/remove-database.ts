import { clusterPlace } from './cluster/cluster-place.ts';
import { withFileLock } from './file-lock.ts';
import { removeTree } from './cluster/make-cluster.ts';
import { stopServer } from './cluster/postmaster.ts';

/** Stops the server of a jidoka home, whoever uses it, and removes its data for good. */
export async function removeDatabase(home: string): Promise<void> {
  const place = await clusterPlace(home);
  await withFileLock(place.lock, () => stopServer(place));
  await removeTree(place.sockets);
  await removeTree(place.root);
}
