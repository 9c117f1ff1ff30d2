import { readFileSync } from 'node:fs';

/** True while a process runs; one that ended but was not yet collected by its parent does not. */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) throw new Error(`${pid} is no process id`);
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !['Z', 'X'].includes(line.charAt(line.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
