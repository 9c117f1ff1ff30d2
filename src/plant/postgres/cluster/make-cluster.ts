import { chown, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isInitialised, type ClusterPlace } from './cluster-place.ts';
import { runTool, type Binaries } from './server-tool.ts';
import { faultOfOutput } from './server-log.ts';

/** Superuser of a cluster of ours; the private socket is what keeps others out. */
export const clusterUser = 'jidoka';

/**
 * Makes the cluster unless it is there. It is made under another name and then renamed, so that a killed initdb
 * leaves nothing that looks finished. Call under the lock.
 */
export async function makeCluster(place: ClusterPlace, binaries: Binaries): Promise<void> {
  if (await isInitialised(place)) return;
  const draft = join(place.root, 'data.new');
  await removeTree(draft);
  await removeTree(place.data);
  await mkdir(draft, { mode: 0o700 });
  if (place.account !== null) await chown(draft, place.account.uid, place.account.gid);
  const options = ['-D', draft, '-U', clusterUser, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  const made = await runTool(binaries, ['initdb', ...options], place.account);
  if (made.code !== 0) {
    await removeTree(draft);
    const why = made.output.split('\n').slice(-6).join('\n');
    throw faultOfOutput(
      `initdb of PostgreSQL ${binaries.version} ended with ${made.code}`,
      why,
      'Set JIDOKA_DATABASE_URL to a PostgreSQL server, or mend what initdb says.',
    );
  }
  await rename(draft, place.data);
}

/** Removes a folder into which a dying program may still write. */
export async function removeTree(path: string): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await rm(path, { recursive: true, force: true }).catch(() => {});
    if ((await readdir(path).catch(() => null)) === null) return;
    await pause(50);
  }
  await rm(path, { recursive: true, force: true });
}
