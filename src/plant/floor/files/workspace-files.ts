import { constants } from 'node:fs';
import { lstat, open, readdir, rm } from 'node:fs/promises';
import { posix } from 'node:path';
import type { WorkspaceFiles } from '../../../core/ports/floor.ts';
import { pathRefused, workspaceFault } from '../fault.ts';
import { follow, goTo } from './walk.ts';
import type { Spot, Tree } from './walk.ts';

/** Biggest file that is read as text, in bytes. */
const biggestText = 256 * 1024 * 1024;
const notBelow = new Set(['node_modules', '.git']);

/** Reading and writing below a root that hostile commands may have filled: no path and no link leads out of it. */
export function workspaceFiles(tree: Tree): WorkspaceFiles {
  const told = async <T>(doing: string, work: (tree: Tree) => Promise<T>): Promise<T> => {
    try {
      return await work(tree);
    } catch (error) {
      throw workspaceFault(error, doing);
    }
  };
  return {
    read: (path) => told(`reading ${path}`, (at) => read(at, path)),
    write: (path, content) => told(`writing ${path}`, (at) => write(at, path, content)),
    remove: (path) => told(`removing ${path}`, (at) => remove(at, path)),
    list: (folder) => told(`listing ${folder}`, (at) => list(at, folder)),
  };
}

async function read(tree: Tree, path: string): Promise<string | null> {
  const spot = await follow(tree, path);
  return spot === null ? null : await closing(spot, readAt(spot, path));
}

async function readAt(spot: Spot, path: string): Promise<string | null> {
  // Not blocking, because the file may be a pipe that nobody writes to; not following, because it may have become a link.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(spot.folder.path(spot.name), flags).catch(missing);
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

async function write(tree: Tree, path: string, content: string | Uint8Array): Promise<void> {
  const spot = await goTo(tree, path, { make: true });
  if (spot === null || spot.name === '') {
    await spot?.folder.close();
    throw pathRefused(path, spot === null ? 'a file is where a folder is to be' : 'it is the root itself');
  }
  await closing(spot, writeAt(spot, tree, content));
}

async function writeAt(spot: Spot, { user }: Tree, content: string | Uint8Array): Promise<void> {
  const target = spot.folder.path(spot.name);
  const there = await lstat(target).catch(missing);
  // Writing through a link would change something else, perhaps outside.
  if (there !== null && !there.isDirectory() && (there.isSymbolicLink() || there.nlink > 1)) await rm(target);
  const handle = await open(target, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o644);
  try {
    await handle.writeFile(content);
    if (user !== null) await handle.chown(user.uid, user.gid);
  } finally {
    await handle.close();
  }
}

async function remove(tree: Tree, path: string): Promise<void> {
  const spot = await goTo(tree, path, { make: false });
  if (spot === null) return;
  if (spot.name === '') {
    await spot.folder.close();
    throw pathRefused(path, 'it is the root itself');
  }
  await closing(spot, rm(spot.folder.path(spot.name), { recursive: true, force: true }));
}

async function list(tree: Tree, folder: string): Promise<readonly string[]> {
  const spot = await follow(tree, folder);
  if (spot === null) return [];
  const found = await closing(spot, listBelow(spot.folder.path(spot.name), ''));
  return found.map((path) => posix.join(folder, path)).sort();
}

async function listBelow(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(missing);
  if (entries === null) return [];
  const found: string[] = [];
  for (const entry of entries) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    found.push(path);
    if (entry.isDirectory() && !notBelow.has(entry.name)) found.push(...(await listBelow(`${folder}/${entry.name}`, path)));
  }
  return found;
}

async function closing<T>(spot: Spot, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    await spot.folder.close();
  }
}

function missing(error: NodeJS.ErrnoException): null {
  if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(error.code ?? '')) return null;
  throw error;
}
