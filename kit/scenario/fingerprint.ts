import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Names every file of a repository with its content, mode and time of change: the work tree, HEAD, index, settings and
 * the refs that are not the factory's. Two equal answers mean that nothing of its owner's was touched.
 */
export async function fingerprint(repository: string): Promise<Readonly<Record<string, string>>> {
  const paths = await filesBelow(repository, '');
  const told = await Promise.all(paths.filter(isOwners).map(async (path) => [path, await describe(join(repository, path))] as const));
  return Object.fromEntries(told);
}

/** Objects may be added, and refs, logs and packs of the factory's own branches; everything else is the owner's. */
function isOwners(path: string): boolean {
  return !/^\.git\/(objects|refs\/jidoka|refs\/heads\/jidoka|logs\/refs\/heads\/jidoka)(\/|$)/.test(path);
}

async function describe(path: string): Promise<string> {
  const { mode, mtimeMs } = await lstat(path);
  const content = (mode & 0o170000) === 0o120000 ? await readlink(path) : await readFile(path);
  return `${mode.toString(8)} ${mtimeMs} ${createHash('sha256').update(content).digest('hex')}`;
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const nested = entries.map(async (entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
  return (await Promise.all(nested)).flat().sort();
}
