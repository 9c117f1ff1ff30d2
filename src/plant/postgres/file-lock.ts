import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { JidokaError } from '../../core/base/error.ts';
import { processLife } from './process-life.ts';

/** How long a holder may take: a first start with initdb on a busy machine stays far below. */
const patienceMs = 120_000;
const pollMs = 20;

/**
 * Does `work` while no other live process does work under the same lock file. The lock of a dead process is taken
 * over; its pid and birth tell it from a later process of the same pid. Throws `database-unavailable` when a live
 * holder does not let go within two minutes.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const claim = `${JSON.stringify({ pid: process.pid, life: await processLife(process.pid), nonce: randomUUID() })}\n`;
  await acquire(path, claim);
  try {
    return await work();
  } finally {
    if ((await contentOf(path)) === claim) await rm(path, { force: true });
  }
}

async function acquire(path: string, claim: string): Promise<void> {
  const mine = `${path}.${randomUUID()}`;
  try {
    await writeFile(mine, claim, { flag: 'wx', mode: 0o600 });
    const deadline = Date.now() + patienceMs;
    while (!(await linked(mine, path))) {
      const holder = await contentOf(path);
      if (holder !== null && !(await isHeld(holder))) await removeStale(path, holder, mine);
      else if (Date.now() > deadline) throw heldTooLong(path, holder);
      else await pause(pollMs);
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** A hard link appears with its content at once and only where nothing is yet: two cannot both succeed. */
async function linked(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function isHeld(claim: string): Promise<boolean> {
  const holder = holderOf(claim);
  return holder !== null && (await processLife(holder.pid)) === holder.life;
}

/**
 * Removes the lock of a dead process. Only who holds the marker of that very claim may, and no claim comes twice: what
 * is read under the marker cannot change before it is removed, so a living process's lock is never touched. A marker
 * whose holder died is a stale lock itself.
 */
async function removeStale(path: string, stale: string, mine: string): Promise<void> {
  const marker = `${path}.${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`;
  if (await linked(mine, marker)) {
    if ((await contentOf(path)) === stale) await rm(path, { force: true });
    await rm(marker, { force: true });
    return;
  }
  const holder = await contentOf(marker);
  if (holder !== null && !(await isHeld(holder))) await removeStale(marker, holder, mine);
  else await pause(pollMs);
}

async function contentOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

function holderOf(claim: string): { readonly pid: number; readonly life: string } | null {
  try {
    const { pid, life } = JSON.parse(claim) as { pid?: unknown; life?: unknown };
    return typeof pid === 'number' && typeof life === 'string' ? { pid, life } : null;
  } catch {
    return null;
  }
}

function heldTooLong(path: string, claim: string | null): JidokaError {
  const pid = claim === null ? 'unknown' : (holderOf(claim)?.pid ?? 'unknown');
  return new JidokaError('database-unavailable', `Process ${pid} has held ${path} for ${patienceMs / 1000} s.`, {
    mend: `Look at what process ${pid} does; once it has ended, the lock is taken over by itself.`,
  });
}
