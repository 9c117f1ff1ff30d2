import { mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isJidokaError } from '../../../../core/base/error.ts';
import { lifeOf } from '../../spawn/life.ts';

/** How long a runner may take to show that its factory lives, or to end, in milliseconds. */
const proofMs = 8_000;
const pollMs = 25;
/** The signal that asks for it. */
const asks = 'SIGUSR2';

/** A runner that can be asked by others of the same floor whether its factory lives still. */
export interface Registration {
  leave(): Promise<void>;
}

/**
 * Registers this process as a runner of the floor. Asked, it looks whether its factory answers: `proves` says whether it
 * did, and ends this runner where it did not.
 */
export async function registerRunner(root: string, proves: () => Promise<boolean>): Promise<Registration> {
  const folder = runnersOf(root);
  const file = join(folder, String(process.pid));
  const prove = async (): Promise<void> => {
    const now = new Date();
    if (await proves()) await utimes(file, now, now).catch(() => undefined);
  };
  const asked = (): void => void prove();
  process.on(asks, asked);
  // Others may pass the folders above it: commands run as other users.
  await mkdir(root, { recursive: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await forgetDead(folder);
  await writeFile(file, (await lifeOf(process.pid)) ?? '', { mode: 0o600 });
  return {
    async leave() {
      await rm(file, { force: true });
      process.off(asks, asked);
    },
  };
}

/**
 * Does something that another process of the floor may be in the way of. Where that one is a runner, it is asked to show
 * that its factory lives: a wire that broke without a word is not waited for.
 */
export async function pastDeadRunners<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const holder = isJidokaError(error) ? error.data['holder'] : undefined;
    if (typeof holder !== 'number' || holder === process.pid || !(await hasEnded(root, holder))) throw error;
    return work();
  }
}

/** True where that runner ended for want of a factory; false for one that has its factory, and for whoever is no runner. */
async function hasEnded(root: string, pid: number): Promise<boolean> {
  const file = join(runnersOf(root), String(pid));
  const life = await readFile(file, 'utf8').catch(() => null);
  if (life === null || (await lifeOf(pid)) !== life) return false;
  const provenMs = await changedMs(file);
  process.kill(pid, asks);
  for (let waitedMs = 0; waitedMs < proofMs; waitedMs += pollMs) {
    if ((await lifeOf(pid)) !== life) return true;
    const nowMs = await changedMs(file);
    // One that has left is about to end.
    if (nowMs !== null && nowMs !== provenMs) return false;
    await wait(pollMs);
  }
  return false;
}

async function changedMs(file: string): Promise<number | null> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}

/** What runners left that were killed. */
async function forgetDead(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const life = await readFile(file, 'utf8').catch(() => '');
    if ((await lifeOf(Number(name))) !== life) await rm(file, { force: true });
  }
}

function runnersOf(root: string): string {
  return join(root, '.runners');
}
