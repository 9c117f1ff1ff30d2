import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { JidokaError } from '../../core/base/error.ts';

/** A holder that does not touch its lock for so long is gone, in milliseconds. */
const silentMs = 30_000;
const touchMs = 3_000;
const longestPollMs = 200;

/**
 * Does something while no other process of this host does it under the same lock file.
 * A lock of a process that died is taken over: at once where its pid can be looked at, else when it fell silent.
 * Throws `git-failed` where the lock is not had within `deadlineMs`.
 */
export async function underLock<T>(path: string, work: () => Promise<T>, deadlineMs = 300_000): Promise<T> {
  await take(path, performance.now() + deadlineMs);
  const touching = setInterval(() => void touch(path), touchMs);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    await rm(path, { force: true });
  }
}

async function take(path: string, until: number): Promise<void> {
  for (let pollMs = 10; !(await tryToTake(path)); pollMs = Math.min(2 * pollMs, longestPollMs)) {
    if (await isAbandoned(path)) await removeAbandoned(path);
    else await wait(pollMs);
    if (performance.now() > until) {
      throw new JidokaError('git-failed', `Another process holds ${path} for too long.`, {
        mend: `End it, or remove ${path}, and run this again.`,
      });
    }
  }
}

async function tryToTake(path: string): Promise<boolean> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return null;
    throw error;
  });
  if (file === null) return false;
  await file.writeFile(`${process.pid} ${hostname()}`);
  await file.close();
  return true;
}

async function isAbandoned(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null) return false;
  if (Date.now() - found.mtimeMs > silentMs) return true;
  const [pid, host] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
  return host === hostname() && pid !== undefined && !answers(Number(pid));
}

/** Moves the lock away before removing it, and puts it back where another process took it meanwhile. */
async function removeAbandoned(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if (!(await isAbandoned(aside))) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  // Gone means that the work ended between two touches.
  await utimes(path, now, now).catch(() => undefined);
}
