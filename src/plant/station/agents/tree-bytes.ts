import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What the files of a tree take, in bytes; links count as themselves. */
export async function treeBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  let bytes = 0;
  for (const entry of entries) if (!entry.isDirectory()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  return bytes;
}
