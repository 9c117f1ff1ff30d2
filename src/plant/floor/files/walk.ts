import { constants } from 'node:fs';
import { chown, lstat, mkdir, open, readlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { pathRefused } from '../fault.ts';
import type { Start } from '../spawn/spawn.ts';

/** A tree to walk in. */
export interface Tree {
  /** Where this process finds it; whatever is above it is trusted. */
  readonly at: string;
  /** Where its commands find it: links that they made lead there. */
  readonly seenAs: string;
  readonly user: Start['user'];
}

/** A place below the root: an open folder, and a name in it. */
export interface Spot {
  readonly folder: Folder;
  /** '' for the root itself. */
  readonly name: string;
  /** Parts of the real path from the root. */
  readonly parts: readonly string[];
}

/** An open folder. Paths through it cannot be led elsewhere by who renames or links meanwhile. */
export interface Folder {
  readonly path: (name: string) => string;
  close(): Promise<void>;
}

/** Opens a folder to go through, not to read; Linux only, elsewhere it is opened to read. */
const pathOnly = process.platform === 'linux' ? 0x20_0000 : constants.O_RDONLY;
const mostLinks = 40;

/**
 * Goes down to a path one folder at a time, never through a link that leads out of the tree; null where a folder is
 * missing. With `make`, missing folders are made. Throws `workspace-failed` for a path that leaves.
 */
export async function goTo(tree: Tree, path: string, { make }: { readonly make: boolean }): Promise<Spot | null> {
  return walk(tree, { path, make, follows: false });
}

/** Like `goTo`, and follows a link at the end too. */
export async function follow(tree: Tree, path: string): Promise<Spot | null> {
  return walk(tree, { path, make: false, follows: true });
}

interface Walk {
  /** As the caller gave it. */
  readonly path: string;
  readonly make: boolean;
  /** Whether a link at the end is followed like those on the way. */
  readonly follows: boolean;
}

async function walk(tree: Tree, how: Walk): Promise<Spot | null> {
  let parts = partsOf(how.path);
  for (let links = 0; links <= mostLinks; links += 1) {
    const step = await down(tree, parts, how);
    if (step === null || 'folder' in step) return step;
    parts = step.parts;
  }
  return null;
}

/** A link on the way: the path it makes of the rest. */
interface Redirected {
  readonly parts: readonly string[];
}

/** Who gets a spot closes its folder; every other folder is closed here, whatever happens on the way. */
async function down(tree: Tree, parts: readonly string[], { path, make, follows }: Walk): Promise<Spot | Redirected | null> {
  let folder = await openFolder(tree.at, tree.at);
  try {
    for (const [index, name] of parts.slice(0, -1).entries()) {
      const next: Folder | string | null = folder && (await enter(folder, name, { tree, make }));
      if (typeof next === 'string')
        return { parts: throughLink({ parts: parts.slice(0, index), target: next, rest: parts.slice(index + 1) }, tree, path) };
      await folder?.close();
      folder = next;
    }
    if (folder === null) return null;
    const name = parts.at(-1) ?? '';
    const target = follows && name !== '' ? await readlink(folder.path(name)).catch(() => null) : null;
    if (target !== null) return { parts: throughLink({ parts: parts.slice(0, -1), target, rest: [] }, tree, path) };
    const spot = { folder, name, parts };
    folder = null;
    return spot;
  } finally {
    await folder?.close();
  }
}

/** The folder of a name, the target of a link of that name, or null where there is neither. */
async function enter(
  above: Folder,
  name: string,
  { tree, make }: { readonly tree: Tree; readonly make: boolean },
): Promise<Folder | string | null> {
  const path = above.path(name);
  if (make) await makeFolder(path, tree.user);
  const opened = await openFolder(path, path);
  return opened ?? (await readlink(path).catch(() => null));
}

async function makeFolder(path: string, user: Start['user']): Promise<void> {
  if ((await lstat(path).catch(() => null)) !== null) return;
  await mkdir(path);
  if (user !== null) await chown(path, user.uid, user.gid);
}

/** `shown` is how a system without /proc goes on from it. */
async function openFolder(path: string, shown: string): Promise<Folder | null> {
  const handle = await open(path, pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(missing);
  return handle === null ? null : folderOf(handle, shown);
}

function folderOf(handle: FileHandle, shown: string): Folder {
  const base = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : shown;
  return { path: (name) => (name === '' ? `${base}/.` : `${base}/${name}`), close: () => handle.close() };
}

function throughLink(
  { parts, target, rest }: { readonly parts: readonly string[]; readonly target: string; readonly rest: readonly string[] },
  { seenAs }: Tree,
  path: string,
): readonly string[] {
  if (!target.startsWith('/')) return normal([...parts, ...target.split('/'), ...rest], path);
  if (target !== seenAs && !target.startsWith(`${seenAs}/`)) throw outside(path);
  return normal([...target.slice(seenAs.length).split('/'), ...rest], path);
}

/** Reads a path that a caller gave as text; refuses one that leaves the tree. */
function partsOf(path: string): readonly string[] {
  if (path.includes('\0')) throw pathRefused(path, 'it has a NUL character');
  if (path.startsWith('/')) throw pathRefused(path, 'it is absolute');
  return normal(path.split('/'), path);
}

function normal(parts: readonly string[], path: string): readonly string[] {
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.pop() === undefined) throw outside(path);
  }
  return kept;
}

function outside(path: string): Error {
  return pathRefused(path, 'it leads out of the workspace');
}

/** Nothing there, or not a folder: a link is looked at by itself. */
function missing(error: NodeJS.ErrnoException): null {
  if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(error.code ?? '')) return null;
  throw error;
}
