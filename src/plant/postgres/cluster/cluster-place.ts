import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unavailable } from '../faults.ts';

/** Where a cluster of ours lives and as whom it runs. */
export interface ClusterPlace {
  /** Folder of this cluster alone; holds everything below. */
  readonly root: string;
  readonly data: string;
  /** Private folder of the unix socket; short, because a socket's path is limited to about 100 bytes. */
  readonly sockets: string;
  readonly log: string;
  readonly lock: string;
  /** PostgreSQL refuses to run as root: then it runs as this user. */
  readonly account: Account | null;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Folder for what a root-owned jidoka keeps: /root is closed to the user that PostgreSQL runs as. */
export const rootFolder = '/var/lib/jidoka';
const longestSocketFolder = 85;

/**
 * Finds the place of the cluster that belongs to a jidoka home and makes its folders, private to the user it runs as.
 *
 * @example
 * const place = await clusterPlace('/home/ada/.local/state/jidoka'); // place.data is …/jidoka/pg/data
 */
export async function clusterPlace(home: string): Promise<ClusterPlace> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const real = await realpath(home);
  return process.getuid?.() === 0 ? placeForRoot(real) : placeForUser(real);
}

/** True where the cluster has been made; a half-made one has another name. */
export async function isInitialised(place: ClusterPlace): Promise<boolean> {
  return (await clusterMajor(place)) !== null;
}

/** Major version that made the cluster, or null where there is none. */
export async function clusterMajor(place: ClusterPlace): Promise<number | null> {
  const text = await readFile(join(place.data, 'PG_VERSION'), 'utf8').catch(() => null);
  return text === null ? null : Number.parseInt(text, 10);
}

async function placeForUser(home: string): Promise<ClusterPlace> {
  const root = join(home, 'pg');
  await mkdir(root, { recursive: true, mode: 0o700 });
  const near = join(root, 's');
  const sockets = near.length <= longestSocketFolder ? near : join('/tmp', `jidoka-${process.getuid?.()}-${hashOf(home)}`);
  await privateFolder(sockets, null);
  return { root, ...filesIn(root), sockets, account: null };
}

async function placeForRoot(home: string): Promise<ClusterPlace> {
  const root = join(rootFolder, hashOf(home));
  await mkdir(root, { recursive: true });
  for (const folder of [rootFolder, root]) await chmod(folder, 0o755); // whatever the umask: the account must pass
  const owner = await stat(join(root, 'data')).catch(() => null);
  const account = owner === null || owner.uid === 0 ? await unprivilegedAccount() : { uid: owner.uid, gid: owner.gid };
  await privateFolder(join(root, 's'), account);
  return { root, ...filesIn(root), sockets: join(root, 's'), account };
}

function filesIn(root: string): Pick<ClusterPlace, 'data' | 'log' | 'lock'> {
  return { data: join(root, 'data'), log: join(root, 'postgres.log'), lock: join(root, 'lock') };
}

/**
 * A user with few rights that every system has and that nothing else of ours runs as: commands of target repositories
 * may run as `nobody`, and must not be able to open the database.
 */
async function unprivilegedAccount(): Promise<Account> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const users = new Map(passwd.split('\n').map((line) => [line.split(':')[0], line.split(':')]));
  for (const name of ['daemon', 'nobody']) {
    const [, , uid, gid] = users.get(name) ?? [];
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw unavailable(
    'PostgreSQL does not run as root, and /etc/passwd has neither the user daemon nor nobody to run it as.',
    undefined,
    'Run jidoka as a normal user, or set JIDOKA_DATABASE_URL to a PostgreSQL server.',
  );
}

/** Makes a folder that only `owner`, or else we, can enter, and refuses one that somebody else has put in its place. */
async function privateFolder(path: string, owner: Account | null): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  if (!found.isDirectory() || (owner === null && found.uid !== process.getuid?.())) {
    throw unavailable(
      `${path} belongs to another user (uid ${found.uid}).`,
      undefined,
      `Remove ${path}, or give jidoka a home with a shorter path.`,
    );
  }
  if ((found.mode & 0o777) !== 0o700) await chmod(path, 0o700);
  if (owner !== null && found.uid !== owner.uid) await chown(path, owner.uid, owner.gid);
}

function hashOf(home: string): string {
  return createHash('sha256').update(home).digest('hex').slice(0, 16);
}
