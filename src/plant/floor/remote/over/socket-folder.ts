import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceFault } from '../../fault.ts';
import { startOf } from '../../spawn/life.ts';

/** A folder for the sockets of one floor of this process alone; made when the first is needed. */
export interface SocketFolder {
  /** A path for a socket that nobody has yet. Throws `workspace-failed`. */
  next(): Promise<string>;
  close(): Promise<void>;
}

/** Longest path of a folder below which a socket still fits into what every system takes. */
const longestFolder = 74;

/** @param folder Private folder of the factory, in which each floor of each of its processes has one. */
export function socketFolder(folder: string): SocketFolder {
  let made: Promise<string> | null = null;
  let last = 0;
  return {
    async next() {
      made ??= makeFolder(folder).catch((error: unknown) => {
        made = null;
        throw error;
      });
      return join(await made, (last += 1).toString(36));
    },
    async close() {
      const path = await made?.catch(() => null);
      made = null;
      if (path) await rm(path, { recursive: true, force: true });
    },
  };
}

async function makeFolder(folder: string): Promise<string> {
  const path = join(folder, `${process.pid}-${(await startOf(process.pid)) ?? ''}-`);
  try {
    if (path.length > longestFolder) return await mkdtemp(join(tmpdir(), 'jidoka-'));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeDead(folder);
    return await mkdtemp(path);
  } catch (error) {
    throw workspaceFault(error, `making the folder ${path} for sockets`);
  }
}

/** What processes left that were killed. */
async function removeDead(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid, started] = /^(\d+)-(\d*)-/.exec(name) ?? [];
    if (pid !== undefined && (await startOf(Number(pid))) !== started) await rm(join(parent, name), { recursive: true, force: true });
  }
}
