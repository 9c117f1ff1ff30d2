import { constants } from 'node:fs';
import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes the folder of a cgroup where it is missing; its parent must be there. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Has a cgroup of version 2 hand on what it can of memory, processes and processors; returns what it hands on. */
export async function enableIn(folder: string): Promise<readonly string[]> {
  const read = async (): Promise<readonly string[]> => (await readKernel(folder, 'cgroup.subtree_control')).split(/\s+/);
  const before = await read();
  for (const controller of ['memory', 'pids', 'cpu'].filter((one) => !before.includes(one))) {
    await writeKernel(folder, 'cgroup.subtree_control', `+${controller}`).catch((error: NodeJS.ErrnoException) => {
      // Without processors, which older systems do not hand to users, the rest is still of use.
      if (controller !== 'cpu') throw error;
    });
  }
  return read();
}

/** Writes a file of the kernel, which must be there: it cannot be made. */
export async function writeKernel(folder: string | undefined, file: string, value: string): Promise<void> {
  if (folder !== undefined) await writeFile(join(folder, file), value, { flag: constants.O_WRONLY });
}

/** What a file of the kernel says; '' where there is none. */
export async function readKernel(folder: string | undefined, file: string): Promise<string> {
  if (folder === undefined) return '';
  return (await readFile(join(folder, file), 'utf8').catch(() => '')).trim();
}

/** A number that stands alone in a file; null where there is none. */
export function aloneIn(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** A number that stands behind its name in a file of many: `oom_kill 3`; null where there is none. */
export function namedIn(text: string, name: string): number | null {
  const [, digits] = new RegExp(`^${name} (\\d+)$`, 'm').exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** A folder and all below it, deepest first. */
export async function foldersWithin(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(entries.filter((entry) => entry.isDirectory()).map(({ name }) => foldersWithin(join(folder, name))));
  return [...below.flat(), folder];
}

/** Processes of a cgroup and of all below it. */
export async function pidsWithin(folder: string): Promise<readonly number[]> {
  const texts = await Promise.all((await foldersWithin(folder)).map((one) => readKernel(one, 'cgroup.procs')));
  // A process of another namespace of processes shows as 0.
  return texts.flatMap((text) => text.split('\n').map(Number)).filter((pid) => pid > 0 && pid !== process.pid);
}

/** Removes an empty cgroup; false where something is still in it. */
export async function removeFolder(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return true;
      if (error.code === 'EBUSY' || error.code === 'ENOTEMPTY') return false;
      throw error;
    },
  );
}
