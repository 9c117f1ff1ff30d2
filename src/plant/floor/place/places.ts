import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Network } from '../../../core/ports/process.ts';
import type { Start } from '../spawn/spawn.ts';

/** Where everything of one workspace is, and how its processes are known. */
export interface Place {
  readonly name: string;
  /** Folder that holds all of it but the lock. */
  readonly space: string;
  readonly lock: string;
  readonly tree: string;
  readonly home: string;
  readonly tmp: string;
  readonly scratch: string;
  /** Traces of started commands; only the factory may look into it. */
  readonly started: string;
  /** Begins the marker of all its processes; the same in every life of the factory, so that a later one finds them. */
  readonly job: string;
}

/** The place of the workspace of a name; nothing needs to be there. */
export function placeOf(root: string, name: string): Place {
  return placeAt(root, folderOf(name), name);
}

/** The place of a workspace by its folder below the root of the floor. */
export function placeAt(root: string, folder: string, name: string): Place {
  const space = join(root, folder);
  return {
    name,
    space,
    lock: join(locksOf(root), `${folder}.lock`),
    tree: join(space, 'tree'),
    home: join(space, 'home'),
    tmp: join(space, 'tmp'),
    scratch: join(space, 'scratch'),
    started: join(space, 'started'),
    job: `${createHash('sha256').update(space).digest('hex').slice(0, 16)}.`,
  };
}

/** Socket of a workspace's way out, for commands of one network. */
export function socketOf({ space }: Place, network: Exclude<Network, 'none'>): string {
  return join(space, network === 'registry' ? 'out' : 'gate');
}

/** Socket by which a command that listens on a port behind a wall is reached. */
export function portSocket({ scratch }: Place, port: number): string {
  return join(scratch, `port-${port}`);
}

/** Folder of sealed bases. */
export function basesOf(root: string): string {
  return join(root, '.bases');
}

export function locksOf(root: string): string {
  return join(root, '.locks');
}

/** File that says whose space it is: the folder's name is cut short. */
export function nameFileOf({ space }: Place): string {
  return join(space, 'name');
}

/** Makes the folders of a workspace that is not there yet, and `more` that are its user's. */
export async function makePlace(place: Place, user: Start['user'], more: readonly string[] = []): Promise<void> {
  await mkdir(place.space);
  await chmod(place.space, 0o711);
  await writeFile(nameFileOf(place), place.name, { mode: 0o600 });
  await mkdir(place.started, { mode: 0o700 });
  const mode = user === null ? 0o755 : 0o700;
  for (const folder of [place.home, place.tmp, place.scratch, ...more]) {
    await mkdir(folder, { mode });
    if (user !== null) await chown(folder, user.uid, user.gid);
  }
  // The last: without it a workspace was never whole.
  await mkdir(place.tree, { mode });
  if (user !== null) await chown(place.tree, user.uid, user.gid);
}

/** A short name that any file system takes: sockets below it must stay within 107 bytes. */
function folderOf(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const readable = name.replaceAll(/[^A-Za-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return `${readable.slice(-24).replace(/^-/, '')}-${digest}`.replace(/^-/, '');
}
