import { readFileSync, readdirSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** How long the kernel may take to end a namespace whose first process is gone, in milliseconds. */
const mostMs = 2_000;

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
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    return environment === '' ? isEnding(pid) : environment.includes(marker);
  } catch {
    // It ended meanwhile, or is not ours to look at.
    return false;
  }
}

/** On its way out a process has given its memory back, and with it its environment, before it counts as ended. */
function isEnding(pid: string): boolean {
  const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [state, ...numbers] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const memoryBytes = Number(numbers[19]);
  return memoryBytes === 0 && state !== 'Z' && state !== 'X';
}
