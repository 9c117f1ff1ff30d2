import { lstat, readdir } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

/** Files looked at together; more is no faster, and keeps the disk's other readers waiting. */
const lanes = 16;
const blockBytes = 512;

/**
 * What folders take of the disk, in bytes: blocks, not lengths; no link is followed, and a file of several names is counted
 * once. What vanishes meanwhile, or may not be read, counts as nothing.
 */
export async function diskBytes(folders: readonly string[]): Promise<number> {
  const seen = new Set<string>();
  const waiting: string[] = [];
  let blocks = 0;
  const look = async (path: string): Promise<void> => {
    const stats = await unlessGone(lstat(path));
    if (stats === null || !isNew(stats, seen)) return;
    blocks += stats.blocks;
    if (stats.isDirectory()) waiting.push(path);
  };
  for (const folder of folders) await look(folder);
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const names = (await unlessGone(readdir(folder))) ?? [];
    for (let begin = 0; begin < names.length; begin += lanes) {
      await Promise.all(names.slice(begin, begin + lanes).map((name) => look(join(folder, name))));
    }
  }
  return blocks * blockBytes;
}

function isNew({ dev, ino, nlink }: Stats, seen: Set<string>): boolean {
  const name = `${dev}.${ino}`;
  if (seen.has(name)) return false;
  if (nlink > 1) seen.add(name);
  return true;
}

/** A job works on while it is looked at. */
async function unlessGone<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(error.code ?? '')) return null;
    throw error;
  });
}
