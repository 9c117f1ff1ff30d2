import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { JidokaError, type ErrorCode } from '../../core/base/error.ts';
import { processLife, thisMachine } from './process-life.ts';

/** How long to wait for a live holder, and the code of the fault where that was not enough. */
export interface LockPatience {
  readonly ms: number;
  readonly code: ErrorCode;
}

/** A first start with initdb on a busy machine stays far below. */
const usualPatience: LockPatience = { ms: 120_000, code: 'database-unavailable' };
const pollMs = 20;
const touchMs = 3_000;
/** A holder that cannot be looked at, in another container that shares the folder, is gone when it fell silent for so long. */
const silentMs = 30_000;

/**
 * Does `work` while no other live process does work under the same lock file. The lock of a dead process is taken
 * over; its pid and birth tell it from a later process of the same pid. Throws when a live holder does not let go
 * within the patience: `database-unavailable` after two minutes where nothing else is said.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>, patience: LockPatience = usualPatience): Promise<T> {
  const claim = `${JSON.stringify(await makeClaim())}\n`;
  await acquire(path, claim, patience);
  const touching = setInterval(() => void touch(path), touchMs);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    if ((await contentOf(path)) === claim) await rm(path, { force: true });
  }
}

interface Claim {
  readonly pid: number;
  readonly life: string | null;
  /** As `thisMachine` names it; '' where the claim does not say. */
  readonly machine: string;
}

async function makeClaim(): Promise<Claim & { readonly nonce: string }> {
  return { pid: process.pid, life: await processLife(process.pid), machine: await thisMachine(), nonce: randomUUID() };
}

async function acquire(path: string, claim: string, patience: LockPatience): Promise<void> {
  const mine = `${path}.${randomUUID()}`;
  try {
    await writeFile(mine, claim, { flag: 'wx', mode: 0o600 });
    const deadline = Date.now() + patience.ms;
    while (!(await linked(mine, path))) {
      const holder = await contentOf(path);
      if (holder !== null && !(await isHeld(path, holder))) await removeStale(path, holder, mine);
      else if (Date.now() > deadline) throw heldTooLong(path, holder, patience);
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

async function isHeld(path: string, claim: string): Promise<boolean> {
  const holder = holderOf(claim);
  if (holder === null) return false;
  const here = await thisMachine();
  if (holder.machine === '' || holder.machine === here) return (await processLife(holder.pid)) === holder.life;
  return !isBeforeReboot(holder.machine, here) && (await silenceMs(path)) < silentMs;
}

/** The same host, booted anew: nothing of before lives. */
function isBeforeReboot(then: string, now: string): boolean {
  const [[host, boot], [hostNow, bootNow]] = [then.split(' '), now.split(' ')];
  return host === hostNow && boot !== bootNow;
}

async function silenceMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0, // let go meanwhile: there is nothing to take over
  );
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {}); // gone: the work ended between two touches
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
  if (holder !== null && !(await isHeld(marker, holder))) await removeStale(marker, holder, mine);
  else await pause(pollMs);
}

async function contentOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

function holderOf(claim: string): Claim | null {
  try {
    const { pid, life, machine } = JSON.parse(claim) as { pid?: unknown; life?: unknown; machine?: unknown };
    if (typeof pid !== 'number' || typeof life !== 'string') return null;
    return { pid, life, machine: typeof machine === 'string' ? machine : '' };
  } catch {
    return null;
  }
}

function heldTooLong(path: string, claim: string | null, { ms, code }: LockPatience): JidokaError {
  const pid = claim === null ? 'unknown' : (holderOf(claim)?.pid ?? 'unknown');
  return new JidokaError(code, `Process ${pid} has held ${path} for ${ms / 1000} s.`, {
    mend: `Look at what process ${pid} does; once it has ended, the lock is taken over by itself.`,
  });
}
