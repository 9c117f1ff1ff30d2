import { constants } from 'node:fs';
import { chown, lstat, mkdir, open, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, posix, relative, sep } from 'node:path';
import type { Workspace } from '../../core/ports/floor.ts';
import { pathRefused, workspaceFault } from './fault.ts';
import type { Start } from './spawn/spawn.ts';

type Files = Pick<Workspace, 'read' | 'write' | 'remove' | 'list'>;

/** Biggest file that is read as text, in bytes. */
const biggestText = 256 * 1024 * 1024;
const notBelow = new Set(['node_modules', '.git']);

/** Reading and writing below a root that hostile commands may have filled: no path and no link leads out of it. */
export function workspaceFiles(root: string, user: Start['user']): Files {
  return {
    read: (path) => read(root, path),
    write: (path, content) =>
      write({ root, user }, path, content).catch((error: unknown) => {
        throw workspaceFault(error, `writing ${path}`);
      }),
    remove: (path) => remove(root, path),
    list: async (folder) => {
      const found = await followed(root, folder);
      return found === null ? [] : (await listBelow(found, '')).map((path) => posix.join(folder, path)).sort();
    },
  };
}

async function read(root: string, path: string): Promise<string | null> {
  const file = await followed(root, path);
  if (file === null) return null;
  // Not blocking, because the file may be a pipe that nobody writes to; not following, because it may have become a link.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(missing);
  if (handle === null) return null;
  try {
    const found = await handle.stat();
    if (!found.isFile()) return null;
    if (found.size > biggestText) throw pathRefused(path, `it has ${found.size} bytes, more than ${biggestText}`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

interface Place {
  readonly root: string;
  readonly user: Start['user'];
}

async function write(place: Place, path: string, content: string | Uint8Array): Promise<void> {
  const file = below(place.root, path);
  if (file === place.root) throw pathRefused(path, 'it is the root itself');
  const folder = await makeFolder(place, dirname(file), path);
  const target = join(folder, file.slice(dirname(file).length + 1));
  const there = await lstat(target).catch(missing);
  // Writing through a link would change something else, perhaps outside.
  if (there !== null && !there.isDirectory() && (there.isSymbolicLink() || there.nlink > 1)) await rm(target);
  const handle = await open(target, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o644);
  try {
    await handle.writeFile(content);
    if (place.user !== null) await handle.chown(place.user.uid, place.user.gid);
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it that are missing; returns its real path. */
async function makeFolder(place: Place, folder: string, path: string): Promise<string> {
  const real = await realpath(folder).catch(missing);
  if (real !== null) return inside(await realpath(place.root), real, path);
  const parent = await makeFolder(place, dirname(folder), path);
  const made = join(parent, folder.slice(dirname(folder).length + 1));
  await mkdir(made);
  if (place.user !== null) await chown(made, place.user.uid, place.user.gid);
  return made;
}

async function remove(root: string, path: string): Promise<void> {
  const file = below(root, path);
  if (file === root) throw pathRefused(path, 'it is the root itself');
  const folder = await followed(root, relative(root, dirname(file)));
  if (folder === null) return;
  await rm(join(folder, file.slice(dirname(file).length + 1)), { recursive: true, force: true }).catch((error: unknown) => {
    throw workspaceFault(error, `removing ${path}`);
  });
}

async function listBelow(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(missing);
  if (entries === null) return [];
  const found = entries.map(async (entry) => {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    const deeper = entry.isDirectory() && !notBelow.has(entry.name);
    return deeper ? [path, ...(await listBelow(join(folder, entry.name), path))] : [path];
  });
  return (await Promise.all(found)).flat();
}

/** Real path of something below root, or null where there is nothing. */
async function followed(root: string, path: string): Promise<string | null> {
  const real = await realpath(below(root, path)).catch(missing);
  return real === null ? null : inside(await realpath(root), real, path);
}

/** Joins a path to root as text; refuses one that leaves it. */
function below(root: string, path: string): string {
  if (path.includes('\0')) throw pathRefused(path, 'it has a NUL character');
  if (path.startsWith('/')) throw pathRefused(path, 'it is absolute');
  return inside(root, join(root, path).replace(/(?<=.)\/$/, ''), path);
}

function inside(root: string, full: string, path: string): string {
  if (full === root || full.startsWith(root + sep)) return full;
  throw pathRefused(path, 'it leads out of the workspace');
}

function missing(error: unknown): null {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(code)) return null;
  throw workspaceFault(error, 'looking at the workspace');
}
