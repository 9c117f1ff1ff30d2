import { readFileSync, readdirSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** How long the kernel may take to end a namespace whose first process is gone, in milliseconds. */
const mostMs = 2_000;

/** PF_EXITING among the flags of a process, of include/linux/sched.h; threads of the kernel have no memory either. */
const exitingFlag = 0x4;

/**
 * Waits until no process of a user carries a marker, where the kernel ends them all by itself; false where some stay. It
 * looks only at who belongs to that user, because it is done after every command.
 */
export async function untilGone(uid: number, marker: string): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= mostMs; waitedMs += 2) {
    if (!readdirSync('/proc').some((name) => /^\d+$/.test(name) && isMarked(name, uid, marker))) return true;
    await wait(2);
  }
  return false;
}

function isMarked(pid: string, uid: number, marker: string): boolean {
  try {
    if (statSync(`/proc/${pid}`).uid !== uid) return false;
    return isLeft(environmentOf(pid), readFileSync(`/proc/${pid}/stat`, 'latin1'), marker);
  } catch {
    // It ended meanwhile, or is not ours to look at.
    return false;
  }
}

/** Nothing of one that has given its memory back: the kernel shows an empty file then, and since 6.16 says ESRCH. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return '';
    throw error;
  }
}

/**
 * Whether a process that shows this environment and this line of `/proc/PID/stat` may be one that carries the marker. On
 * its way out it has given its memory back, and with it its environment, before it counts as ended.
 */
export function isLeft(environment: string, stat: string, marker: string): boolean {
  if (environment !== '') return environment.includes(marker);
  const [state, ...numbers] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(numbers[5]) & exitingFlag) !== 0 && state !== 'Z' && state !== 'X';
}
