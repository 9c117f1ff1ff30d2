import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, readKernel, writeKernel } from './kernel-files.ts';

/** Folder that this process moves to within its own cgroup. */
export const factoryFolder = 'jidoka-factory';

const rounds = 20;

/** Whom the factory may move besides itself: what it started, and also what it was started by, like npm or a shell. */
export type Movable = 'started' | 'starters too';

/**
 * Moves this process and its like into a folder below their cgroup, as a service with `Delegate=yes` is expected to.
 * Throws where others are in it too, for those are not the factory's to move.
 */
export async function stepAside(own: string, movable: Movable): Promise<void> {
  const leaf = join(own, factoryFolder);
  const starters = movable === 'started' ? [] : await startersOf(String(process.pid));
  // What is started meanwhile is born beside its parent, and so moved in a later round.
  for (let round = 0; round < rounds; round += 1) {
    const pids = (await readKernel(own, 'cgroup.procs')).split('\n').filter((pid) => pid !== '');
    if (pids.length === 0) return;
    const ours = await Promise.all(pids.map(async (pid) => starters.includes(pid) || (await isOurs(pid))));
    const strangers = pids.filter((_, index) => ours[index] === false);
    if (strangers.length > 0) throw new Error(`not only the factory is in ${own}, but also ${strangers.slice(0, 5).join(', ')}`);
    await makeFolder(leaf);
    for (const pid of pids) await writeKernel(leaf, 'cgroup.procs', pid).catch(ignoreGone);
  }
  throw new Error(`processes appear in ${own} faster than they can be moved`);
}

function ignoreGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ESRCH') throw error;
}

/** This process, one descended from it, or one that is gone. */
async function isOurs(pid: string): Promise<boolean> {
  // 0 is how the kernel shows a process of another namespace.
  if (pid === String(process.pid) || pid === '0') return pid !== '0';
  const parent = await parentOf(pid);
  return parent === null || isOurs(parent);
}

async function startersOf(pid: string): Promise<readonly string[]> {
  const parent = await parentOf(pid);
  return parent === null || parent === '0' ? [] : [parent, ...(await startersOf(parent))];
}

/** Null where there is no such process. */
async function parentOf(pid: string): Promise<string | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return line === null ? null : (line.slice(line.lastIndexOf(')') + 2).split(' ')[1] ?? null);
}
