import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../forge/index.ts';

/** Files of a folder by posix path, as text. */
export async function filesOfFolder(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = paths.sort().map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(read));
}

/** Files of the commit that a ref of a repository points to, as text; empty where there is no such ref. */
export async function filesOfRef(repository: string, ref: string): Promise<Readonly<Record<string, string>>> {
  if (!(await refsOf(repository)).has(ref)) return {};
  const paths = (await git(repository, 'ls-tree', '-r', '--name-only', '-z', ref)).split('\0').filter((path) => path !== '');
  // git() trims what it prints, and so do both sides of a comparison.
  const read = paths.map(async (path) => [path, await git(repository, 'cat-file', 'blob', `${ref}:${path}`)] as const);
  return Object.fromEntries(await Promise.all(read));
}

/** Commits by full ref name. */
export async function refsOf(repository: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await git(repository, 'for-each-ref', '--format=%(objectname) %(refname)')).split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
}
